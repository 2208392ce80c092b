"""The scripts and the styles that the browser gets: a script is one text for each widget, a style one for each part."""

from __future__ import annotations

from pathlib import Path

from model.scripts import bundle
from widgets.shared.browser_widget import BrowserWidget

_WIDGETS = Path(__file__).resolve().parents[1]
SHARED = "shared"
_sheets: dict[str, BrowserWidget] = {}


def use_styles(*parts: str) -> None:
    """Have the page style what all parts share and these `parts`, folders below widgets/; each sheet travels once.

    A sheet is a widget of its own that is never shown: anywidget puts its style into the page where its model is made, which
    is before the widgets that are made after it, on every page that joins this kernel, and nobody else carries it.
    """
    for part in (SHARED, *parts):
        if part not in _sheets or _sheets[part].comm is None:  # `Widget.close_all()` closes sheets, too
            _sheets[part] = _make_sheet(part)


def sheet(part: str) -> str:
    """The style of a part: every .css of its folder, not indented. Cascade layers, not the order, say which rule wins."""
    texts = (file.read_text(encoding="utf-8") for file in sorted((_WIDGETS / part).glob("*.css")))
    return "\n".join(line.strip() for text in texts for line in text.splitlines() if line.strip())


def _make_sheet(part: str) -> BrowserWidget:
    """A class for each part, because anywidget keeps one style in the page for each name of a class."""
    about = {"__module__": __name__, "_esm": "export default {};", "_css": sheet(part)}
    return type(f"{part.title()}Sheet", (BrowserWidget,), about)()


def script(name: str) -> str:
    """The module `name`.js, a path below widgets/, with all that it imports, as the one text that a widget can have."""
    return bundle(f"{name}.js", _WIDGETS)
