"""Carriers: reached over HTTP where there is a connection, by hand where there is none (LO-1 … LO-4)."""
