"""A choice of pictures and its order, as a person filters them, and the SQL that finds it. No database, no words for people."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

ORDERS = {
    "doubt": "s.doubt DESC, p.file",
    "loss": "s.loss DESC, p.file",
    "unsure": "s.probability IS NULL, s.probability, p.file",
    "copies": "k.number IS NULL, k.number, p.file",
    "name": "p.file",
    "given": "g.key",
}
WITH_SCORES = "LEFT JOIN scores s ON s.file = p.file AND s.label = p.label"  # a score is of the label that was judged
_FROM_SCORES = "scores s CROSS JOIN pictures p ON p.file = s.file AND p.label = s.label"
LEADING = {  # how an order begins, read along an index: where from, by what; what has no such value comes after these
    "doubt": (_FROM_SCORES, "s.doubt DESC, s.file"),
    "loss": (_FROM_SCORES, "s.loss DESC, s.file"),
    "unsure": (_FROM_SCORES, "s.probability, s.file"),
    "copies": (
        f"copies k CROSS JOIN pictures p ON p.file = k.file {WITH_SCORES}",
        "k.number, k.file",
    ),
}
RANKED_ORDERS = ("doubt", "loss", "unsure")  # orders in which what is wrong comes first
ISSUE = "issue:"  # before the name of a quality issue, a reason like the others
REASONS = {  # how the files with a reason are found; each runs along an index
    "doubtful": "SELECT d.file FROM scores d JOIN pictures o ON o.file = d.file AND o.label = d.label WHERE d.doubtful = 1",
    "otherwise": "SELECT o.file FROM pictures o JOIN answers a ON a.sha256 = o.sha256 WHERE a.predicted <> o.label",
    "conflict": "SELECT file FROM copies WHERE conflict = 1",
    "leak": "SELECT file FROM copies WHERE leak = 1",
    "copies": "SELECT file FROM copies",
    "visitors": "SELECT file FROM visitors",
    "changed": "SELECT file FROM marks WHERE action <> 'keep'",
    "kept": "SELECT file FROM marks WHERE action = 'keep'",
}
MOST_FILES = 2000  # of a choice by their names


@dataclass(frozen=True)
class Filter:
    """A choice of pictures and its order. None, "" and () leave a filter out.

    The order "given" is that of `files`. `label` and `predicted` together are a cell of the confusion matrix; `reason` is a key
    of REASONS, "unseen", or ISSUE and
    the name of a quality issue; `name` is a part of the file's name.
    """

    label: str | None = None
    split: str | None = None
    reason: str | None = None
    predicted: str | None = None
    name: str = ""
    files: tuple[str, ...] = ()
    order: str = "doubt"

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Filter:
        """The query that a stranger describes. Raises ValueError when there is no such query."""
        texts = {key: data.get(key) or None for key in ("label", "split", "reason", "predicted")}
        name, files, order = data.get("name") or "", data.get("files") or (), data.get("order") or "doubt"
        strings = [name, order, *files, *(text for text in texts.values() if text is not None)]
        if not all(isinstance(text, str) for text in strings) or order not in ORDERS or len(files) > MOST_FILES:
            raise ValueError("no such query")
        if order == "given" and len(set(files)) < max(1, len(files)):
            raise ValueError("no such query")
        reason = texts["reason"]
        if reason and reason not in ("unseen", *REASONS) and not reason.startswith(ISSUE):
            raise ValueError("no such reason")
        return cls(**texts, name=name[:200], files=tuple(files), order=order)

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "files": list(self.files)}

    def where(self, since: float) -> tuple[str, list[Any]]:
        """The condition on `pictures p` and `scores s`. What was seen after `since` still counts as unseen."""
        parts: list[str] = []
        values: list[Any] = []
        equal = {"p.label": self.label, "p.split": self.split, "s.predicted": self.predicted}
        for column, value in equal.items():
            if value is not None:
                parts.append(f"{column} = ?")
                values.append(value)
        if self.reason == "unseen":
            parts.append("(p.seen IS NULL OR p.seen >= ?)")
            values.append(since)
        elif self.reason and self.reason.startswith(ISSUE):
            parts.append("p.file IN (SELECT file FROM issues WHERE issue = ?)")
            values.append(self.reason[len(ISSUE) :])
        elif self.reason:
            parts.append(f"p.file IN ({REASONS[self.reason]})")
        if self.name:
            parts.append("instr(lower(p.file), lower(?)) > 0")
            values.append(self.name)
        if self.files:
            parts.append("p.file IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(self.files))
        return " AND ".join(parts) or "1", values
