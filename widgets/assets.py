"""The scripts and the style that the browser gets. A widget's script is one text, for it cannot import its neighbours."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent

STYLE = (_HERE / "style.css").read_text(encoding="utf-8")


def script(name: str) -> str:
    """The module `name`.js, with the helpers of dom.js before it."""
    return "".join((_HERE / f"{part}.js").read_text(encoding="utf-8") for part in ("dom", name))
