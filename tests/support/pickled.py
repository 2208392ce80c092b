"""Exports as other systems would have written them: the same file, with some names in its pickle changed."""

from __future__ import annotations

import zipfile
from pathlib import Path


def renamed(export: Path, out: Path, old: bytes, new: bytes) -> Path:
    """A copy of an export in which the pickle says `new` for each `old`, which must be there."""
    with zipfile.ZipFile(export) as archive, zipfile.ZipFile(out, "w") as changed:
        for name in archive.namelist():
            content = archive.read(name)
            if name.endswith("data.pkl"):
                assert old in content
                content = content.replace(old, new)
            changed.writestr(name, content)
    return out
