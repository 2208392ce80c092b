"""What a page of the cleaner shows: filters, orders, counts and windows of rows, all by SQL over the catalog and the marks.

A choice is written down once, as a temporary table of file names in order; any window of it is then a few rows away, and
the list stands still while a person works in it. Nobody holds it in memory. Knows SQL, no words for people, no pixels.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from model.catalog.database import open_database
from model.catalog.filters import ISSUE, LEADING, ORDERS, RANKED_ORDERS, REASONS, WITH_SCORES, Filter
from model.catalog.judgements import ANSWERING, JUDGE, SCORED, judge_of
from model.catalog.rows import ROWS, SUGGESTED, Row, row_of

MOST_PAIRS = 30
PAGE = 60  # pictures over which the yield is counted
RARE = 50  # of so many pictures one is chosen: then all that are chosen are found and sorted sooner

Range = tuple[int, int]  # positions: from, up to but not with


_SOURCES = f"pictures p {WITH_SCORES}"


@dataclass(frozen=True)
class Facets:
    """How many pictures each value of a filter would leave, the other filters as they are.

    `judged` counts the pictures of the dataset of which a model has said something; `judge` is {} until the whole folder has
    been scored, then it says by which model, as far as that is known; `answering` whose answers are kept beside the scores.
    """

    total: int
    labels: dict[str, int]
    splits: dict[str, int]
    reasons: dict[str, int]
    judged: int
    scored: bool
    judge: dict[str, Any]
    answering: dict[str, Any]


@dataclass(frozen=True)
class Progress:
    """How far a person has come in the list: `seen` of `count`; of the last two pages looked through, how many were changed."""

    seen: int
    count: int
    last: tuple[int, int] = (0, 0)  # changed, of how many
    before: tuple[int, int] = (0, 0)


class Listing:
    """One person's view of a catalog. For one thread."""

    def __init__(self, root: Path):
        self._database = open_database(root)
        self._database.execute("PRAGMA temp_store = FILE")
        self._since = time.time()
        self._query = Filter()
        self._version = self._data_version()
        self._database.execute("CREATE TEMP TABLE chosen (file TEXT, seen INTEGER, looked INTEGER)")

    def close(self) -> None:
        self._database.close()

    def has_changed(self) -> bool:
        """Whether anybody else has written to the catalog since the last call."""
        before, self._version = self._version, self._data_version()
        return before != self._version

    def choose(self, query: Filter, still: int = 0) -> bool:
        """Make the list of `query`, or make it again; give whether it is another list than before.

        Of a list that is made again, what stands before the position `still` or was looked at keeps its order, however it would
        be ranked by now: a person is there.
        """
        if query != self._query:
            self._query, self._since, still = query, time.time(), 0
            self.restart_yield()
        elif query.order in RANKED_ORDERS:
            still = max(still, self._one("SELECT coalesce(max(rowid), 0) FROM temp.chosen WHERE looked"))
        else:
            still = 0
        joined, where, values = self._chosen_by(query)
        run = self._database.execute
        run("DROP TABLE IF EXISTS temp.fresh")
        run("DROP TABLE IF EXISTS temp.still")
        run("CREATE TEMP TABLE still (file TEXT PRIMARY KEY, place INTEGER) WITHOUT ROWID")
        run("INSERT INTO temp.still SELECT file, rowid FROM temp.chosen WHERE rowid <= ?", [still])
        stood = " LEFT JOIN temp.still h ON h.file = p.file" if still else ""
        first = "h.place IS NULL, h.place, " if still else ""
        run(
            "CREATE TEMP TABLE fresh AS SELECT p.file, p.seen IS NOT NULL AS seen, "
            "p.file IN (SELECT file FROM temp.chosen WHERE looked) AS looked "
            f"FROM {joined}{stood} WHERE {where} ORDER BY {first}{ORDERS[query.order]}",
            values,
        )
        same = len(self) == self._one("SELECT count(*) FROM temp.fresh") and not self._one(
            "SELECT 1 FROM temp.fresh f JOIN temp.chosen c ON c.rowid = f.rowid WHERE c.file <> f.file LIMIT 1"
        )
        run("DROP TABLE temp.chosen")
        run("ALTER TABLE temp.fresh RENAME TO chosen")
        return not same

    def __len__(self) -> int:
        """How many pictures the list has."""
        return self._one("SELECT count(*) FROM temp.chosen")

    def rows(self, start: int, stop: int) -> list[Row]:
        """The rows at the positions `start` up to `stop`."""
        return self._rows("temp.chosen", "c.rowid > ? AND c.rowid <= ? ORDER BY c.rowid", start, stop)

    def first(self, query: Filter, limit: int) -> list[tuple[str, str]]:
        """File and SHA-256 of what `query` would begin with; the list stays as it is."""
        return self._first(query, limit, self._count(query))

    def begin(self, query: Filter, limit: int) -> tuple[int, list[Row]]:
        """How many pictures the list of `query` will have, and its first rows: soon, however many there are."""
        count = self._count(query)
        files = json.dumps([file for file, _ in self._first(query, limit, count)])
        return count, self._rows("(SELECT key + 1 AS rowid, value AS file FROM json_each(?))", "1 ORDER BY c.rowid", files)

    def _first(self, query: Filter, limit: int, count: int) -> list[tuple[str, str]]:
        joined, where, values = self._chosen_by(query)
        ways = [(joined, ORDERS[query.order])]
        if query.order in LEADING and (where == "1" or count * RARE > self._one("SELECT count(*) FROM pictures")):
            ways.insert(0, LEADING[query.order])
        for tables, order in ways:
            sql = f"SELECT p.file, p.sha256 FROM {tables} WHERE {where} ORDER BY {order} LIMIT ?"
            found = [tuple(row) for row in self._database.execute(sql, [*values, limit])]
            if len(found) >= min(limit, count):
                break
        return found

    def group(self, number: int, limit: int = 24) -> list[Row]:
        """The pictures of one group of copies, at position -1 for they need not be in the list."""
        source = "(SELECT 0 AS rowid, file FROM copies WHERE number = ? ORDER BY file LIMIT ?)"
        return self._rows(source, "1", number, limit)

    def waiting_changes(self, start: int, stop: int) -> list[Row]:
        """The pictures with a change that waits, oldest first, whatever the list shows."""
        source = "(SELECT 0 AS rowid, file FROM marks WHERE action <> 'keep' ORDER BY marked, file LIMIT ? OFFSET ?)"
        return self._rows(source, "1", stop - start, start)

    def files(self, ranges: Iterable[Range]) -> list[str]:
        """The files at these positions."""
        found = []
        for start, stop in ranges:
            cursor = self._database.execute("SELECT file FROM temp.chosen WHERE rowid > ? AND rowid <= ?", (start, stop))
            found += [row[0] for row in cursor]
        return found

    def existing(self, files: Iterable[str]) -> list[str]:
        """Those of these names that are pictures of the catalog."""
        sql = "SELECT file FROM pictures WHERE file IN (SELECT value FROM json_each(?))"
        return [row[0] for row in self._database.execute(sql, [json.dumps(list(files))])]

    def suggested_labels(self, files: Iterable[str]) -> dict[str, list[str]]:
        """Those of these names for which another label is suggested, by that label."""
        found: dict[str, list[str]] = {}
        sql = (
            f"SELECT p.file, {SUGGESTED} AS better FROM {_SOURCES} "
            "WHERE p.file IN (SELECT value FROM json_each(?)) AND better IS NOT NULL"
        )
        for file, label in self._database.execute(sql, [json.dumps(list(files))]):
            found.setdefault(label, []).append(file)
        return found

    def position(self, file: str) -> int | None:
        """Where `file` stands in the list."""
        return self._one("SELECT rowid - 1 FROM temp.chosen WHERE file = ?", file)

    def mark_seen(self, ranges: Iterable[Range]) -> int:
        """Note that a person has had these positions before their eyes; give how many pictures nobody had seen before."""
        fresh = 0
        for start, stop in ranges:
            self._database.execute("UPDATE temp.chosen SET seen = 1, looked = 1 WHERE rowid > ? AND rowid <= ?", (start, stop))
            fresh += self._database.execute(
                "UPDATE pictures SET seen = ? WHERE seen IS NULL AND file IN "
                "(SELECT file FROM temp.chosen WHERE rowid > ? AND rowid <= ?)",
                (time.time(), start, stop),
            ).rowcount
        return fresh

    def restart_yield(self) -> None:
        """From now on the yield is counted again: after an apply or a scoring, what was looked at before says nothing of it."""
        self._database.execute("UPDATE temp.chosen SET looked = 0 WHERE looked")

    def progress(self) -> Progress:
        """How far a person is; the yield is that of the last pages before the first picture that they have not seen."""
        seen, count = self._database.execute("SELECT coalesce(sum(seen), 0), count(*) FROM temp.chosen").fetchone()
        looked = self._database.execute(
            "SELECT m.action FROM (SELECT rowid AS place, file FROM temp.chosen WHERE looked AND rowid < "
            "(SELECT coalesce(min(rowid), ?) FROM temp.chosen WHERE NOT seen) ORDER BY rowid DESC LIMIT ?) c "
            "LEFT JOIN marks m ON m.file = c.file ORDER BY c.place DESC",
            [count + 1, 2 * PAGE],
        ).fetchall()
        pages = [looked[:PAGE], looked[PAGE:]]
        return Progress(seen, count, *((sum(r[0] in ("delete", "relabel") for r in page), len(page)) for page in pages))

    def facets(self, query: Filter) -> Facets:
        """Counts for every value of every filter of `query`."""
        by_label, by_split = self._count_by("label", query), self._count_by("split", query)
        everything = self._database.execute("SELECT label, split, count(*), count(seen) FROM pictures GROUP BY label, split")
        table = everything.fetchall()
        labels = {row["label"]: 0 for row in table} | by_label
        splits = {row["split"]: 0 for row in table} | by_split
        issues = [row[0] for row in self._database.execute("SELECT DISTINCT issue FROM issues ORDER BY issue")]
        reasons = {}
        for reason in (*REASONS, *(ISSUE + issue for issue in issues), "unseen"):
            where, values = replace(query, reason=reason).where(since=math.inf)  # of the unseen, as few as there are by now
            reasons[reason] = self._one(f"SELECT count(*) FROM {_source_of(query)} WHERE {where}", *values)
        total = sum(row[2] for row in table)
        judged = self._one(f"SELECT count(*) FROM {_SOURCES} WHERE s.file IS NOT NULL AND p.split <> 'inbox'")
        scored = bool(self._fact(SCORED))
        judge, answering = (judge_of(self._fact(key)) if scored else {} for key in (JUDGE, ANSWERING))
        return Facets(total, labels, splits, reasons, judged, scored, judge, answering)

    def confused_pairs(self) -> list[tuple[str, str, int]]:
        """The cells beside the confusion matrix's diagonal with most pictures: label, predicted, how many."""
        cursor = self._database.execute(
            f"SELECT p.label, s.predicted, count(*) FROM {_SOURCES} WHERE s.predicted <> p.label "
            "GROUP BY p.label, s.predicted ORDER BY count(*) DESC, p.label, s.predicted LIMIT ?",
            [MOST_PAIRS],
        )
        return [tuple(row) for row in cursor]

    def classes(self) -> list[str]:
        """Every class there is; after them those that the marks will make, so that no class's number changes meanwhile."""
        run = self._database.execute
        known = [row[0] for row in run("SELECT DISTINCT label FROM pictures WHERE split <> 'inbox' ORDER BY label")]
        given = [row[0] for row in run("SELECT DISTINCT label FROM marks WHERE action = 'relabel' ORDER BY label")]
        return known + [label for label in given if label not in set(known)]

    def class_counts_after_apply(self) -> dict[tuple[str, str], tuple[int, int]]:
        """Pictures by (label, split): as it is, and as it will be once the marks are applied; without the inbox."""
        counts: dict[tuple[str, str], list[int]] = {}
        for label, split, number in self._database.execute("SELECT label, split, count(*) FROM pictures GROUP BY label, split"):
            if split != "inbox":
                counts[label, split] = [number, number]
        moves = self._database.execute(
            "SELECT p.label, p.split, m.action, m.label, count(*) FROM marks m JOIN pictures p ON p.file = m.file "
            "WHERE m.action <> 'keep' GROUP BY p.label, p.split, m.action, m.label"
        )
        for label, split, action, to, number in moves:
            if split != "inbox":
                counts[label, split][1] -= number
            if action == "relabel":
                counts.setdefault((to, "train" if split == "inbox" else split), [0, 0])[1] += number
        return {key: (before, after) for key, (before, after) in counts.items()}

    def _chosen_by(self, query: Filter) -> tuple[str, str, list[Any]]:
        where, values = query.where(self._since)
        if query.order == "given":
            return f"{_SOURCES} JOIN json_each(?) g ON g.value = p.file", where, [json.dumps(query.files), *values]
        return _SOURCES + (" LEFT JOIN copies k ON k.file = p.file" if query.order == "copies" else ""), where, values

    def _count(self, query: Filter) -> int:
        joined, where, values = self._chosen_by(query)
        source = joined if query.order == "given" else _source_of(query)
        return self._one(f"SELECT count(*) FROM {source} WHERE {where}", *values)

    def _count_by(self, column: Literal["label", "split"], query: Filter) -> dict[str, int]:
        others = replace(query, label=None) if column == "label" else replace(query, split=None)
        where, values = others.where(self._since)
        rows = self._database.execute(
            f"SELECT p.{column}, count(*) FROM {_source_of(query)} WHERE {where} GROUP BY p.{column}", values
        )
        return dict(map(tuple, rows))

    def _rows(self, source: str, where: str, *values: Any) -> list[Row]:
        cursor = self._database.execute(ROWS.format(source=source, suggested=SUGGESTED) + f" WHERE {where}", values)
        return [row_of(found) for found in cursor]

    def _one(self, sql: str, *values: Any) -> Any:
        row = self._database.execute(sql, values).fetchone()
        return row[0] if row else None

    def _fact(self, key: str) -> str | None:
        return self._one("SELECT value FROM facts WHERE key = ?", key)

    def _data_version(self) -> int:
        return self._one("PRAGMA data_version")


def _source_of(query: Filter) -> str:
    """The tables that the filters of `query` read; scores only where they must be."""
    return _SOURCES if query.predicted else "pictures p"
