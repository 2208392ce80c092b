"""What a browser asks of the cleaner, checked: positions are bounded, actions and labels are such. Knows no widget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, cast

from model.catalog import Range
from model.types import Action

FOR_EVERYBODY = (
    "rows",
    "detail",
    "mark-seen",
    "mark",
    "accept-suggestion",
    "clear-mark",
    "review",
    "undo",
    "redo",
    "zip",
    "file-next",
)
FOR_OWNERS = ("alike", "take-ranking", "apply", "undo-apply", "score", "scan", "stop", "other-folder")
MAX_ROWS = 240  # of one window
MAX_MARKED = 1_000_000  # pictures by one key
MAX_NAMED = 20_000  # of them by their names
LONGEST_LABEL = 100


@dataclass(frozen=True)
class Request:
    """One message of a browser; what its type does not need is left as it is here."""

    type: str
    stamp: int = 0
    start: int = 0
    stop: int = 0
    pictures: bool = True
    age: int = 0
    ranges: tuple[Range, ...] = ()
    files: tuple[str, ...] = ()
    action: Action | Literal["clear"] = "clear"
    label: str | None = None

    @property
    def for_everybody(self) -> bool:
        """Whether a visitor may ask for it, too."""
        return self.type in FOR_EVERYBODY

    @classmethod
    def from_json(cls, message: dict[str, Any]) -> Request:
        """Read a message. Raises ValueError, KeyError, TypeError or AttributeError where it does not fit."""
        kind = message["type"]
        if kind not in FOR_EVERYBODY + FOR_OWNERS:
            raise ValueError("no such request")
        stamp, start = _position(message.get("stamp", 0)), _position(message.get("start", 0))
        if kind == "rows":
            stop = min(_position(message["stop"]), start + MAX_ROWS)
            return cls(kind, stamp, start, stop, bool(message.get("pictures", True)), _position(message.get("age", 0)))
        if kind in ("detail", "alike"):
            return cls(kind, stamp, _position(message["position"]))
        if kind == "take-ranking":
            return cls(kind, stamp, stop=_position(message["shown"]))
        if kind == "mark-seen":
            return cls(kind, stamp, ranges=_ranges(message["ranges"], MAX_ROWS))
        if kind in ("mark", "accept-suggestion"):
            ranges, files = _ranges(message["ranges"], MAX_MARKED), _files(message.get("files", ()))
            if kind == "accept-suggestion":
                return cls(kind, stamp, ranges=ranges, files=files)
            label = _label(message)
            action = cast("Action | Literal['clear']", message["action"])  # _label has checked it
            return cls(kind, stamp, ranges=ranges, files=files, action=action, label=label)
        if kind == "clear-mark":
            return cls(kind, files=_files(message["files"]))
        return cls(kind, stamp, start)


def _position(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise ValueError("not a position")
    return value


def _ranges(value: Any, most: int) -> tuple[Range, ...]:
    found = tuple((_position(start), _position(stop)) for start, stop in value[: most + 1])
    if any(start >= stop for start, stop in found) or sum(stop - start for start, stop in found) > most:
        raise ValueError("not ranges of a list")
    return found


def _files(value: Any) -> tuple[str, ...]:
    if not all(isinstance(file, str) for file in value) or len(value) > MAX_NAMED:
        raise ValueError("not names of files")
    return tuple(value)


def _label(message: dict[str, Any]) -> str | None:
    """The label that an action gives, None for an action that gives none. Raises ValueError where there is no such action."""
    if message["action"] in ("keep", "delete", "clear"):
        return None
    label = " ".join(message["label"].split())
    if message["action"] != "relabel" or not 0 < len(label) <= LONGEST_LABEL:
        raise ValueError("no such action")
    return label
