"""Scripts and styles of the page as files that a server hands out, which a browser keeps. Knows no widget and no server.

They travel inside their widgets where nobody serves files, as in JupyterLab. A server that does, tells its kernels the
addresses in their environment; a widget then carries the address alone.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path

from model.core import PROJECT, checksum_of, is_in_voila
from model.scripts.modules import collection, has_default

WIDGETS = PROJECT / "widgets"
FIRST = ("shared", "page", "classify")  # folders that a first look at the page needs: one file for all of them
OTHERS = ("train", "measure", "clean", "label", "publish")  # a file for each, fetched when the part is opened
ADDRESSES = "VOILENS_FILES"  # in a kernel's environment: the place of all, and by group the addresses of its files, as JSON


def sheet(part: str) -> str:
    """The style of a part: every .css of its folder, not indented. Cascade layers, not the order, say which rule wins."""
    texts = (file.read_text(encoding="utf-8") for file in sorted((WIDGETS / part).glob("*.css")))
    return "\n".join(line.strip() for text in texts for line in text.splitlines() if line.strip())


@cache
def make() -> dict[str, bytes]:
    """All files by name: `<group>-<checksum>.js` for every group that has scripts, and the style of the first."""
    made: dict[str, bytes] = {}
    for group, parts in {FIRST[0]: FIRST, **{part: (part,) for part in OTHERS}}.items():
        if entries := [entry for part in parts for entry in _entries(part)]:
            _add(made, group, "js", collection(*entries, root=WIDGETS))
    _add(made, FIRST[0], "css", "\n".join(filter(None, map(sheet, FIRST))))
    return made


def tell_kernels(base: str) -> None:
    """Let the kernels that this process starts know that it hands out these files; `base` is where it begins for a browser."""
    where = place(base)
    os.environ[ADDRESSES] = json.dumps({"place": where, **{_kind_of(name): where + name for name in make()}})


def place(base: str) -> str:
    """The address below which all these files lie."""
    return f"{base.rstrip('/')}/voila/static/"


def address_of(part: str, kind: str) -> str | None:
    """Where the file of a part lies, "js" or "css"; None where there is none, or this kernel's page comes from elsewhere."""
    return _addresses().get(f"{FIRST[0] if part in FIRST else part}.{kind}")


def place_of_all() -> str | None:
    """The address below which this kernel's page finds all these files; None where no server hands them out."""
    return _addresses().get("place")


def first_words() -> dict[str, str]:
    """What a page says before it is known what its model was taught: `title` and `sentence`."""
    intro = json.loads((WIDGETS / "shared" / "words.json").read_text(encoding="utf-8"))["intro"]
    return {"title": intro["title"], "sentence": intro["sentence"].format(classes=intro["unknown"])}


def _addresses() -> dict[str, str]:
    return json.loads(os.environ.get(ADDRESSES, "{}")) if is_in_voila() else {}


def _add(made: dict[str, bytes], group: str, kind: str, text: str) -> None:
    content = text.encode()
    made[f"{group}-{checksum_of(content)[:16]}.{kind}"] = content


def _kind_of(name: str) -> str:
    """`<group>.<kind>` of a file's name."""
    return f"{name.partition('-')[0]}{Path(name).suffix}"


def _entries(part: str) -> list[str]:
    files = sorted(file.relative_to(WIDGETS).as_posix() for file in (WIDGETS / part).glob("*.js"))
    return [file for file in files if has_default(file, WIDGETS)]
