"""Order files on their way in: readers of every format, columns to fields as data, batches, the report of what was refused (OR-6)."""
