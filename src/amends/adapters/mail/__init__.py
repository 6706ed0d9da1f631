"""Mail servers: read by IMAP (RFC 9051, 3501), written to by SMTP (RFC 5321)."""
