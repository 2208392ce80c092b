"""The folders of the machine that the page runs on, for its owner to browse: below a few places, and nowhere else.

Knows names and folders, no widget and no picture. A public page has none of this.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from model.core import is_utf8, number_of

MOST_SHOWN = 400  # folders of one folder
MOST_COUNTED = 200  # entries of each of them


class FolderBrowser:
    """Lists folders below `places`, which are those of the page's working directory and of its owner where none are given."""

    def __init__(self, places: Sequence[Path] | None = None):
        named = places if places is not None else (Path.home(), Path.cwd())
        self._places = list(dict.fromkeys(map(os.path.realpath, named)))

    def contents(self, folder: str) -> dict[str, Any]:
        """What a person sees of `folder`: {place, path, folders, more, sentence}; of the first place where it lies in none.

        `path` are the folders from the place down to it, {name, folder} each; `folders` those in it, {name, folder, about};
        `more` is how many are not listed; `sentence` says why nothing is, where that has a reason.
        """
        here = os.path.realpath(folder) if is_utf8(folder) and "\0" not in folder else ""
        if not (self._place_of(here) and os.path.isdir(here)):
            here = self._places[0]
        found, sentence = self._folders_in(here)
        return {
            "place": here,
            "places": [{"name": _name_of_place(place), "folder": place} for place in self._places],
            "path": self._path_to(here),
            "folders": [{"name": name, "folder": path, "about": _about(path)} for name, path in found[:MOST_SHOWN]],
            "more": max(0, len(found) - MOST_SHOWN),
            "sentence": sentence,
        }

    def start(self, chosen: str) -> str:
        """Where to begin: beside the folder that is chosen, where that lies below a place."""
        above = os.path.dirname(os.path.realpath(chosen)) if chosen else ""
        return above if self._place_of(above) else ""

    def _place_of(self, folder: str) -> str:
        """The innermost place that a real path lies in; empty where it lies in none."""
        holding = [place for place in self._places if folder == place or folder.startswith(os.path.join(place, ""))]
        return max(holding, key=len, default="")

    def _folders_in(self, here: str) -> tuple[list[tuple[str, str]], str]:
        """Names and real paths of the folders in a folder; links only where they lead to a place."""
        try:
            with os.scandir(here) as entries:
                names = sorted((entry.name for entry in entries if _is_folder(entry)), key=str.casefold)
        except OSError as error:
            return [], f"This folder cannot be read ({error.strerror}): change its permissions, or choose another one."
        found = [(name, os.path.realpath(os.path.join(here, name))) for name in names if is_utf8(name)]
        shown = [(name, path) for name, path in found if self._place_of(path)]
        return shown, "" if shown else "There are no folders in it."

    def _path_to(self, here: str) -> list[dict[str, str]]:
        place = self._place_of(here)
        steps = [{"name": _name_of_place(place), "folder": place}]
        for part in Path(here).relative_to(place).parts:
            steps.append({"name": part, "folder": os.path.join(steps[-1]["folder"], part)})
        return steps


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return not entry.name.startswith(".") and entry.is_dir()
    except OSError:  # a link in a circle
        return False


def _name_of_place(place: str) -> str:
    return "Home" if place == os.path.realpath(Path.home()) else os.path.basename(place) or place


def _about(folder: str) -> str:
    """How many folders and files lie in a folder."""
    try:
        with os.scandir(folder) as entries:
            shown = islice((entry for entry in entries if not entry.name.startswith(".")), MOST_COUNTED + 1)
            kinds = [_is_folder(entry) for entry in shown]
    except OSError:
        return "cannot be read"
    if len(kinds) > MOST_COUNTED:
        return f"more than {MOST_COUNTED} entries"
    folders = sum(kinds)
    counts = [number_of(folders, "folder")] if folders else []
    counts += [number_of(len(kinds) - folders, "file")] if len(kinds) > folders else []
    return ", ".join(counts) or "empty"
