"""The scripts and the style that the browser gets: one text each for a widget."""

from __future__ import annotations

from pathlib import Path

from widgets.shared.modules import bundle

_WIDGETS = Path(__file__).resolve().parents[1]

STYLE = (_WIDGETS / "shared/base.css").read_text(encoding="utf-8")


def style(name: str) -> str:
    """The sheet `name`.css after the one that every widget has: each carries its own style, so none carries another's."""
    return STYLE + (_WIDGETS / f"{name}.css").read_text(encoding="utf-8")


def script(name: str) -> str:
    """The module `name`.js, a path below widgets/, with all that it imports, as the one text that a widget can have."""
    return bundle(f"{name}.js")


def joined_script(*names: str) -> str:
    """The texts `names`.js one after the other, after the helpers of dom.js."""
    texts = [(_WIDGETS / f"{part}.js").read_text(encoding="utf-8") for part in ("shared/dom", *names)]
    return texts[0].replace("export function", "function") + "".join(texts[1:])
