"""The scripts and the style that the browser gets. A widget's script is one text, because it cannot import its neighbours."""

from __future__ import annotations

from pathlib import Path

_WIDGETS = Path(__file__).resolve().parents[1]

STYLE = (_WIDGETS / "shared/base.css").read_text(encoding="utf-8")


def style(name: str) -> str:
    """The sheet `name`.css after the one that every widget has: each carries its own style, so none carries another's."""
    return STYLE + (_WIDGETS / f"{name}.css").read_text(encoding="utf-8")


def script(*names: str) -> str:
    """The modules `names`.js, paths below widgets/, one after the other, with the helpers of dom.js before them."""
    return "".join((_WIDGETS / f"{part}.js").read_text(encoding="utf-8") for part in ("shared/dom", *names))
