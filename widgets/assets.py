"""The scripts and the style that the browser gets. A widget's script is one text, for it cannot import its neighbours."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent

STYLE = "\n".join(
    sheet.read_text(encoding="utf-8") for sheet in sorted(_HERE.glob("*.css"), key=lambda s: s.name != "style.css")
)


def script(*names: str) -> str:
    """The modules `names`.js one after the other, with the helpers of dom.js before them."""
    return "".join((_HERE / f"{part}.js").read_text(encoding="utf-8") for part in ("dom", *names))
