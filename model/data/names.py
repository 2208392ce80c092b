"""What a class and a picture may be called, in a folder and in a page. Knows names, no files."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable

from model.core import is_utf8
from model.data.splits import split_of
from model.errors import BadData, BadUsage

SUFFIXES = {".jpg", ".jpeg", ".jpe", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic", ".heif"}
LONGEST_CLASS_NAME = 200  # bytes; file systems take 255
LONGEST_NAME = 255  # bytes of a file or folder
LONGEST_FILE_NAME = 60  # letters of the person's own file name that are kept
LEFT_BEHIND = {"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "@eadir", "$recycle.bin", "system volume information"}


def check_new_class_name(label: str, classes: Iterable[str]) -> None:
    """Refuse what cannot be the name of a new class beside these. Raises BadUsage."""
    if not label.strip():
        raise BadUsage("A class needs a name: type at least one letter.")
    if not label.isprintable() or "\\" in label or label != label.strip() or not is_folder_name(label):
        raise BadUsage(
            f"“{ascii(label)[1:-1]}” cannot be the name of a class: use letters, digits and spaces between them, "
            "no slash, no leading dot, no line break."
        )
    if len(os.fsencode(label)) > LONGEST_CLASS_NAME:
        raise BadUsage(f"“{label[:20]}…” is too long for the name of a class: shorten it.")
    if split_of(label):
        raise BadUsage(f"“{label}” names a side of the split, not a class: choose another name.")
    for other in classes:
        if _without_case_and_spaces(other) == _without_case_and_spaces(label):
            raise BadUsage(f"“{label}” and the class “{other}” differ only by case or spaces: use “{other}”.")


def name_inside(path: str) -> str | None:
    """A path from outside as one below a folder; None for one that leads out of it, is hidden, or that no disk takes."""
    path = path.replace("\\", "/")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    leads_out = not parts or path.startswith("/") or ".." in parts or ":" in parts[0]
    if leads_out or any(is_ignored(part) or _is_unfit(part) for part in parts):
        return None
    return "/".join(parts)


def _is_unfit(part: str) -> bool:
    return not is_utf8(part) or "\0" in part or len(part.encode()) > LONGEST_NAME


def is_ignored(name: str) -> bool:
    """Whether a file or folder is nobody's picture and nothing to tell of: hidden, or left behind by an operating system."""
    return name.startswith(".") or name.lower() in LEFT_BEHIND


def is_called_picture(name: str) -> bool:
    """Whether a file is called as pictures are, by the end of its name."""
    return os.path.splitext(name)[1].lower() in SUFFIXES


def is_folder_name(label: str) -> bool:
    """Whether that names a folder inside another, and none beside or above it."""
    return bool(label) and "/" not in label and not label.startswith(".") and "\x00" not in label


def _without_case_and_spaces(label: str) -> str:
    """What the names of two classes must not share."""
    return " ".join(label.split()).casefold()


def check_classes_differ(classes: Iterable[str]) -> None:
    """Refuse classes whose names differ by case or spaces alone. Raises BadData."""
    seen: dict[str, str] = {}
    for label in classes:
        other = seen.setdefault(_without_case_and_spaces(label), label)
        if other != label:
            raise BadData(f"The classes “{other}” and “{label}” differ only by case or spaces: merge or rename one.")


def file_name_of(name: str) -> str:
    """A person's file name as one that is safe everywhere: its letters and digits, no path, never hidden, never empty."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    stem, dot, kind = last.rpartition(".")
    if not dot:
        stem, kind = last, ""
    stem = re.sub(r"[^\w-]+", "-", stem).strip("-_")[:LONGEST_FILE_NAME] or "photo"
    kind = re.sub(r"[^A-Za-z0-9]", "", kind)[:5] or "jpg"
    return f"{stem}.{kind.lower()}"


def class_name_of(label: str) -> str:
    """A class as the name of a folder: without what would be a path, hidden, a control character, or a side of the split."""
    name = re.sub(r"[/\\\x00-\x1f\x7f]+", "-", label).strip(" .")[:100] or "unnamed"
    return f"{name}-class" if split_of(name) else name
