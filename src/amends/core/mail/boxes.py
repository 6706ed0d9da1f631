"""What a mailbox can be (TI-4): how it is read, how the line is secured, and the usual ports."""

WAYS = ("imap", "pipe", "none")
SECURITY = ("tls", "starttls", "plain")
PORTS = {"imap": {"tls": 993, "starttls": 143, "plain": 143}, "smtp": {"tls": 465, "starttls": 587, "plain": 25}}
