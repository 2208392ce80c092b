"""What a browser sends, without one."""

from __future__ import annotations

from typing import Any


def message(widget: Any, **content: Any) -> None:
    widget._on_browser_message(widget, content, [])
