"""The worker's log: one line of JSON an event, no personal data."""

import structlog

log = structlog.get_logger("amends.worker")
