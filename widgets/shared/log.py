"""What went wrong, for the owner: a kernel's standard error goes to the browser, so the log goes around it."""

from __future__ import annotations

import logging

from traitlets.config import Application


def log_to_terminal() -> None:
    """Let the log of this program appear where the kernel's own does: in the terminal of whoever serves the page."""
    if Application.initialized():
        for handler in Application.instance().log.handlers:
            logging.getLogger("voilens").addHandler(handler)
