"""A row of a list: one picture with all that is known of it, and the SQL that reads it. Knows no list and no order."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One picture of the list, with all that is known of it; `position` counts from 0. `gone` is left of a file that is not."""

    position: int
    file: str
    label: str = ""
    split: str = ""
    sha256: str = ""
    predicted: str | None = None
    probability: float | None = None
    loss: float | None = None
    doubt: float | None = None
    suggested: str | None = None
    doubtful: bool = False
    group: int | None = None
    kind: str | None = None
    copies: int = 0
    conflict: bool = False
    leak: bool = False
    issues: tuple[str, ...] = ()
    problem: str | None = None
    visitor: bool = False
    said: str | None = None
    origin: str | None = None
    answer: str | None = None
    answer_probability: float | None = None
    action: str | None = None
    marked: str | None = None
    gone: bool = False


# Another label than the picture has; a visitor's photo waits for one, so there the same is a suggestion too.
SUGGESTED = "CASE WHEN s.suggested <> p.label OR p.file IN (SELECT file FROM visitors) THEN s.suggested END"
ROWS = """
SELECT c.rowid - 1 AS position, c.file, p.label, p.split, p.sha256, s.predicted, s.probability, s.loss, s.doubt,
    {suggested} AS suggested, s.doubtful, k.number AS 'group', k.kind, k.conflict, k.leak, t.problem,
    v.file IS NOT NULL AS visitor, v.said, a.predicted AS answer,
    a.probability AS answer_probability, m.action, m.label AS marked, p.file IS NULL AS gone,
    (SELECT name FROM deliveries WHERE file = c.file LIMIT 1) AS origin,
    (SELECT count(*) FROM copies WHERE number = k.number) AS copies,
    (SELECT json_group_array(issue) FROM issues WHERE file = c.file) AS issues
FROM {source} c LEFT JOIN pictures p ON p.file = c.file
    LEFT JOIN scores s ON s.file = c.file AND s.label = p.label LEFT JOIN copies k ON k.file = c.file
    LEFT JOIN contents t ON t.sha256 = p.sha256 LEFT JOIN visitors v ON v.file = c.file LEFT JOIN marks m ON m.file = c.file
    LEFT JOIN answers a ON a.sha256 = p.sha256
"""


def row_of(found: sqlite3.Row) -> Row:
    """A row that ROWS has found."""
    if found["gone"]:
        return Row(found["position"], found["file"], action=found["action"], marked=found["marked"], gone=True)
    values = {key: found[key] for key in found.keys()}  # noqa: SIM118  (a Row of SQLite iterates over its values)
    flags = {key: bool(values[key]) for key in ("doubtful", "conflict", "leak", "visitor", "gone")}
    return Row(**{**values, **flags, "issues": tuple(json.loads(values["issues"]))})
