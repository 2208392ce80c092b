"""What a tile and the detail pane say of a picture, as texts. Knows rows of the catalog, no widget.

The browser writes these texts with textContent alone; it derives none of its own from numbers.
"""

from __future__ import annotations

from typing import Any

from model.catalog import ISSUE, Facets, Row
from model.core import listing, percent

KEY_LENGTH = 24  # letters of a checksum that name a thumbnail

REASONS = {
    "doubtful": "Label doubtful",
    "otherwise": "Model says otherwise",
    "conflict": "Conflicting copies",
    "leak": "Copies across splits",
    "copies": "Copies",
    "visitors": "From visitors",
    "changed": "Changed",
    "kept": "Kept",
    "unseen": "Not seen yet",
}
ALWAYS_SHOWN = ("doubtful", "copies", "changed", "unseen")  # filters that are shown even where they would leave nothing
COPY_KINDS = {"bytes": "the same file", "pixels": "the same pixels", "near": "nearly the same"}
SPLIT_NAMES = {"train": "train", "valid": "valid", "test": "test", "inbox": "from visitors"}


def reason_name(reason: str) -> str:
    """A filter's name as people read it."""
    words = REASONS.get(reason) or reason.removeprefix(ISSUE).replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]


def tile(row: Row) -> dict[str, Any]:
    """What the grid shows of a row: texts, the state, the key of its thumbnail."""
    if row.gone:
        left = {"position": row.position, "file": row.file, "name": _name(row.file), "marked": row.marked or ""}
        return {**left, "state": "gone", "label": "", "chips": []}
    return {
        "position": row.position,
        "file": row.file,
        "name": _name(row.file),
        "key": row.sha256[:KEY_LENGTH],
        "label": row.label,
        "split": SPLIT_NAMES.get(row.split, row.split),
        "suggested": row.suggested or "",
        "probability": _probability(row),
        "chips": chips(row),
        "state": row.action or ("broken" if row.problem else ""),
        "marked": row.marked or "",
        "problem": row.problem or "",
        "facts": facts(row),
    }


def chips(row: Row) -> list[list[str]]:
    """The reasons why a picture is worth a look, the weightiest first: [kind, words]."""
    found = []
    if row.problem:
        found.append(["alarm", "cannot be opened"])
    if row.doubtful:
        found.append(["doubt", f"label doubtful {_two_digits(row.doubt)}"])
    if row.conflict:
        found.append(["alarm", "copies with other labels"])
    if row.leak:
        found.append(["alarm", "copies in several splits"])
    if row.group is not None:
        found.append(["plain", f"one of {row.copies} copies" if row.kind != "near" else f"one of {row.copies} near copies"])
    found += [["plain", issue.replace("_", " ")] for issue in row.issues if not (issue == "broken" and row.problem)]
    if row.visitor:
        found.append(["plain", "from a visitor"])
    return found


def detail(row: Row, group: list[Row]) -> dict[str, Any]:
    """What is looked up for one picture alone: its copies."""
    return {"group": [{"file": other.file, "label": other.label} for other in group if other.file != row.file]}


def facts(row: Row) -> list[str]:
    """Sentences on a row, the weightiest first."""
    sentences = []
    if row.problem:
        sentences.append(row.problem)
    if row.visitor and row.said:
        came = f" It came in {row.origin}." if row.origin else ""
        sentences.append(f"A visitor sent it and says that it is {row.said}.{came}")
    elif row.visitor:
        sentences.append("A visitor sent it; relabel it to take it into the dataset.")
    if row.predicted is not None and row.probability is not None:
        if row.visitor:
            sentences.append(f"The model answered {row.predicted} ({percent(row.probability)}).")
        elif row.predicted == row.label:
            sentences.append(f"Without its label, it looks like {row.predicted}, too ({percent(row.probability)}).")
        else:
            sentences.append(f"Without its label, it looks more like {row.predicted} ({percent(row.probability)}).")
        if row.doubtful:
            sentences.append(f"The label {row.label} is likely wrong (doubt {_two_digits(row.doubt)} of 1).")
        elif not row.visitor:
            sentences.append(f"Doubt {_two_digits(row.doubt)} of 1, loss {_two_digits(row.loss)}.")
    elif not row.problem:
        sentences.append("It has not been judged by a model yet.")
    if row.answer is not None:
        sentences.append(f"The model that answers says {row.answer} ({percent(row.answer_probability or 0)}).")
    if row.group is not None:
        sentences.append(f"It is one of {row.copies} pictures that are {COPY_KINDS.get(row.kind or '', 'the same')}.")
    if row.conflict:
        sentences.append("Copies of it have other labels: at least one of them is wrong.")
    if row.leak:
        sentences.append("Copies of it are in several splits: what is measured on them flatters.")
    shown = [issue.replace("_", " ") for issue in row.issues if issue != "broken"]
    if shown:
        sentences.append(f"Its quality: {listing(shown, 'and')}.")
    return sentences


def filters(facets: Facets, reason: str | None) -> dict[str, list[list[Any]]]:
    """The filters with their counts: [key, words, count] each."""
    reasons = [
        [key, reason_name(key), count]
        for key, count in facets.reasons.items()
        if count or key in ALWAYS_SHOWN or key == reason or key.startswith(ISSUE)
    ]
    return {
        "reasons": sorted(reasons, key=lambda row: _rank(row[0])),
        "labels": [[label, label, count] for label, count in sorted(facets.labels.items())],
        "splits": [
            [split, SPLIT_NAMES.get(split, split), count] for split, count in sorted(facets.splits.items(), key=_split_rank)
        ],
    }


def _rank(reason: str) -> int:
    order = ["doubtful", "otherwise", "conflict", "leak", "copies"]
    after = ["visitors", "unseen", "kept", "changed"]
    return order.index(reason) if reason in order else 100 + after.index(reason) if reason in after else 50


def _split_rank(pair: tuple[str, int]) -> int:
    return [*SPLIT_NAMES].index(pair[0]) if pair[0] in SPLIT_NAMES else len(SPLIT_NAMES)


def _probability(row: Row) -> str:
    if row.suggested and row.suggested == row.predicted and row.probability is not None:
        return percent(row.probability)
    return ""


def _name(file: str) -> str:
    return file.rpartition("/")[2]


def _two_digits(number: float | None) -> str:
    return f"{number or 0:.2f}"
