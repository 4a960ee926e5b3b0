"""The number by which a failure that nobody foresaw is found in the log."""

import logging
import secrets


def noted(log: logging.Logger, what: str) -> str:
    """Log the exception that is being handled; returns the number to tell the reader."""
    trace = secrets.token_hex(4)
    log.exception("%s, trace %s", what, trace)
    return trace
