"""The base of every widget with a script, and what becomes of an error that a browser's message leads to: it is for the log.

A browser can send whatever it likes to any widget. Where a page is served to others, no traceback goes back to it: that
would tell where files lie on the server.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import anywidget

from model.core import is_in_voila, is_public

_log = logging.getLogger("voilens")


class BrowserWidget(anywidget.AnyWidget):
    """An anywidget whose handlers of messages get dictionaries alone, and may fail."""

    def _handle_custom_msg(self, content: Any, buffers: list[memoryview]) -> None:
        if not isinstance(content, dict):
            _log.warning("dropped a message to %s that is no dictionary", type(self).__name__)
            return
        for handler in self._handlers_of(content):
            try:
                handler(self, content, buffers)
            except Exception:
                _log.exception("a message to %s could not be taken", type(self).__name__)

    def _handlers_of(self, message: dict[str, Any]) -> list[Callable[..., None]]:
        """Who hears a message: whoever asked to by `on_msg`."""
        return list(self._msg_callbacks.callbacks)


def keep_tracebacks() -> None:
    """In a page that is served, log what ipywidgets would show of an error in a handler, of its own widgets too."""
    if not (is_in_voila() or is_public()):
        return
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None:
        shell.showtraceback = lambda *_, **__: _log.error("a handler failed", exc_info=True)
