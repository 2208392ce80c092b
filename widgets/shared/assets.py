"""The scripts and the styles that the browser gets: a script is one text for each widget, a style one for each part."""

from __future__ import annotations

import json

from model.scripts import bundle, page_files
from widgets.shared.browser_widget import BrowserWidget

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


def _make_sheet(part: str) -> BrowserWidget:
    """A class for each part, because anywidget keeps one style in the page for each name of a class."""
    address = page_files.address_of(part, "css")
    style = f"@import url({json.dumps(address)});" if address else page_files.sheet(part)
    about = {"__module__": __name__, "_esm": "export default {};", "_css": style}
    return type(f"{part.title()}Sheet", (BrowserWidget,), about)()


def script(name: str) -> str:
    """The module `name`.js, a path below widgets/, with all that it imports, as the one text that a widget can have.

    Where the server hands out scripts as files, the text fetches the module from there.
    """
    address = page_files.address_of(name.partition("/")[0], "js")
    if address is None:
        return bundle(f"{name}.js", page_files.WIDGETS)
    # A blob has no address of its own for others to be relative to.
    return (
        f"const scripts = await import(new URL({json.dumps(address)}, location.href).href);\n"
        f"export default scripts.default[{json.dumps(f'{name}.js')}];\n"
    )
