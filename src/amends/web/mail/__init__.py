"""Pages of mail: what came and went, what found no place, mailboxes (TI-4)."""
