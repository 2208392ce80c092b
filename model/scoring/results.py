"""What scoring found, in the catalog: kept by content what depends on the bytes, by file what depends on the label.

Knows SQL and the shapes of what is found, not how it is found.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model import catalog
from model.catalog import judge_copies, writing
from model.features import put_rows
from model.scoring.duplicates import Fingerprint, Group
from model.scoring.quality import Quality
from model.types import Score, Split

MEASURES = ("width", "height", "brightness", "contrast", "sharpness")


@dataclass(frozen=True)
class ScoredItem:
    """One picture that is to be scored."""

    file: str
    label: str
    split: Split
    sha256: str


@dataclass(frozen=True)
class Content:
    """What was found in some bytes: why they cannot be opened, or their fingerprint and measures."""

    problem: str | None
    fingerprint: Fingerprint | None
    measures: Quality | None


@dataclass(frozen=True)
class Answer:
    """What a model says of a picture, with the probability of that class."""

    label: str
    probability: float


class ResultStore:
    """What scoring found in one folder, in its catalog."""

    def __init__(self, root: Path):
        self.root = root
        self._database = catalog.open_database(root)

    def close(self) -> None:
        self._database.close()

    def items(self) -> list[ScoredItem]:
        """Every picture of the dataset, without the inbox, ordered by file."""
        rows = self._database.execute("SELECT file, label, split, sha256 FROM pictures WHERE split <> 'inbox' ORDER BY file")
        return [ScoredItem(*row) for row in rows]

    def data_version(self) -> int:
        """A number that is another one once somebody else has written to the catalog."""
        return self._database.execute("PRAGMA data_version").fetchone()[0]

    def state_of_pictures(self) -> str:
        """A digest of the pictures, their labels and splits: with the method, all that scores depend on."""
        digest = hashlib.sha256()
        for item in self.items():
            digest.update("\0".join((item.file, item.label, item.split, item.sha256)).encode("utf-8", "surrogateescape"))
        return digest.hexdigest()

    def scored_state(self) -> str:
        """The state that the scores are of; empty when there are none."""
        row = self._database.execute("SELECT value FROM facts WHERE key = 'scored'").fetchone()
        return row[0] if row else ""

    def not_inspected(self, items: Iterable[ScoredItem], model: str) -> list[ScoredItem]:
        """One item for each content that was not inspected yet, or has no embedding by `model` yet."""
        done = {row[0] for row in self._database.execute("SELECT sha256 FROM contents WHERE problem IS NOT NULL")}
        query = "SELECT sha256 FROM features JOIN contents USING (sha256) WHERE model = ?"
        done |= {row[0] for row in self._database.execute(query, [model])}
        first: dict[str, ScoredItem] = {}
        for item in items:
            if item.sha256 not in done:
                first.setdefault(item.sha256, item)
        return list(first.values())

    def save_contents(self, contents: Mapping[str, Content], embeddings: Mapping[str, np.ndarray], model: str) -> None:
        """Save what was found in some contents, by their SHA-256, and what `model` sees in them, in half precision."""
        with writing(self._database):
            self._database.executemany(
                f"INSERT OR REPLACE INTO contents (sha256, problem, {', '.join(MEASURES)}, pixels, phash) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (_content_row(sha256, content) for sha256, content in contents.items()),
            )
            put_rows(self._database, model, embeddings)

    def contents(self) -> dict[str, Content]:
        """Everything that was inspected, by SHA-256."""
        rows = self._database.execute(f"SELECT sha256, problem, pixels, phash, {', '.join(MEASURES)} FROM contents")
        return {row["sha256"]: _content(row) for row in rows}

    def seen_by(self, model: str) -> set[str]:
        """The SHA-256 of what `model` has seen."""
        return {row[0] for row in self._database.execute("SELECT sha256 FROM features WHERE model = ?", [model])}

    def embeddings(self, model: str) -> dict[str, np.ndarray]:
        """The embeddings by `model`, by SHA-256."""
        rows = self._database.execute("SELECT sha256, row FROM features WHERE model = ?", [model])
        return {sha256: np.frombuffer(row, dtype=np.float16).astype(np.float32) for sha256, row in rows}

    def features(self, model: str, contents: Sequence[str], width: int) -> np.ndarray:
        """The first `width` numbers of what `model` sees in `contents`, by their SHA-256: contents × width."""
        places: dict[str, list[int]] = {}
        for place, sha256 in enumerate(contents):
            places.setdefault(sha256, []).append(place)
        found = np.zeros((len(contents), width), dtype=np.float32)
        for sha256, row in self._database.execute("SELECT sha256, row FROM features WHERE model = ?", [model]):
            found[places.get(sha256, [])] = np.frombuffer(row, dtype=np.float16, count=width)
        return found

    def save_scores(
        self,
        state: str,
        scores: Sequence[Score],
        groups: Sequence[Group],
        issues: Mapping[str, Sequence[str]],
        judge: Mapping[str, Any],
    ) -> None:
        """Save all scores at once, and by which model, in place of the earlier ones; those of visitors' photos stay."""
        with writing(self._database):
            for table in ("scores", "copies", "issues"):
                self._database.execute(f"DELETE FROM {table} WHERE file NOT IN (SELECT file FROM visitors)")
            self._database.executemany("INSERT OR REPLACE INTO scores VALUES (?, ?, ?, ?, ?, ?, ?, ?)", map(_score_row, scores))
            self._database.executemany(
                "INSERT OR REPLACE INTO copies VALUES (?, ?, ?, 0, 0)",
                ((file, number, group.kind) for number, group in enumerate(groups) for file in group.files),
            )
            judge_copies(self._database)
            pairs = ((file, issue) for file, found in issues.items() for issue in found)
            self._database.executemany("INSERT OR REPLACE INTO issues VALUES (?, ?)", pairs)
            facts = [(catalog.SCORED, state), (catalog.JUDGE, json.dumps(judge))]
            self._database.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts)

    def save_answers(self, answers: Mapping[str, Answer], model: Mapping[str, Any]) -> None:
        """Save what a `model` says of contents, by their SHA-256, in place of what was said before."""
        with writing(self._database):
            self._database.execute("DELETE FROM answers")
            rows = ((sha256, answer.label, answer.probability) for sha256, answer in answers.items())
            self._database.executemany("INSERT INTO answers VALUES (?, ?, ?)", rows)
            fact = (catalog.ANSWERING, json.dumps(model if answers else {}))
            self._database.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", fact)

    def judge(self) -> dict[str, Any]:
        """By what the folder was scored; {} where it was not."""
        row = self._database.execute("SELECT value FROM facts WHERE key = ?", [catalog.JUDGE]).fetchone()
        return json.loads(row[0]) if row else {}

    def groups(self) -> dict[str, int]:
        """The number of the group of copies that files are in."""
        return {row[0]: row[1] for row in self._database.execute("SELECT file, number FROM copies")}

    def marks(self) -> dict[str, tuple[str, str | None]]:
        """What a person has marked, by file: the action, and the label of a relabelling."""
        return {row[0]: (row[1], row[2]) for row in self._database.execute("SELECT file, action, label FROM marks")}

    def save_unseen(self, scores: Iterable[Score]) -> int:
        """Save the scores of pictures that nobody has looked at or marked yet, in place of theirs; give how many these are."""
        sql = (
            "UPDATE scores SET (predicted, probability, loss, doubt, suggested, doubtful) = (?, ?, ?, ?, ?, ?) "
            "WHERE file = ? AND label = ? AND file NOT IN (SELECT file FROM marks) "
            "AND EXISTS (SELECT 1 FROM pictures p WHERE p.file = scores.file AND p.seen IS NULL)"
        )
        with writing(self._database):
            rows = ((s.predicted, s.probability, s.loss, s.doubt, s.suggested, s.doubtful, s.file, s.label) for s in scores)
            return self._database.executemany(sql, rows).rowcount

    def result(self) -> dict[str, Any]:
        """What `python -m model score` prints: items, most doubtful first, duplicates and quality."""
        items = self._database.execute(
            "SELECT s.*, p.split FROM scores s JOIN pictures p USING (file) WHERE p.split <> 'inbox' ORDER BY doubt DESC, file"
        )
        groups: dict[int, dict[str, Any]] = {}
        for row in self._database.execute("SELECT * FROM copies ORDER BY number, file"):
            group = groups.setdefault(row["number"], {"kind": row["kind"], "files": [], "conflict": False, "leak": False})
            group["files"].append(self._path(row["file"]))
            group["conflict"], group["leak"] = bool(row["conflict"]), bool(row["leak"])
        return {
            "items": [{**_item(row), "file": self._path(row["file"])} for row in items],
            "duplicates": list(groups.values()),
            "quality": self._quality(),
        }

    def _quality(self) -> list[dict[str, Any]]:
        rows = self._database.execute(
            "SELECT i.file, json_group_array(i.issue) AS issues, c.problem FROM issues i JOIN pictures p USING (file) "
            "JOIN contents c USING (sha256) GROUP BY i.file ORDER BY i.file"
        )
        return [{"file": self._path(r["file"]), "issues": json.loads(r["issues"]), "problem": r["problem"]} for r in rows]

    def _path(self, file: str) -> str:
        return str(self.root / file)


def _content_row(sha256: str, content: Content) -> tuple:
    measures = [getattr(content.measures, name, None) for name in MEASURES]
    prints = (content.fingerprint.pixels, content.fingerprint.phash) if content.fingerprint else (None, None)
    return sha256, content.problem, *measures, *prints


def _content(row: sqlite3.Row) -> Content:
    if row["problem"] is not None:
        return Content(row["problem"], None, None)
    return Content(None, Fingerprint(row["pixels"], row["phash"]), Quality(*(row[name] for name in MEASURES)))


def _score_row(score: Score) -> tuple:
    values = asdict(score)
    del values["split"]
    return tuple(values.values())


def _item(row: sqlite3.Row) -> dict[str, Any]:
    return {**{key: row[key] for key in row.keys()}, "doubtful": bool(row["doubtful"])}  # noqa: SIM118  (a sqlite3.Row)
