"""What the cleaner says of a person's work: how many changes wait, what they would do, how far it is, when to stop.

Knows counts, no pictures and no widget.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from model.catalog import PAGE, RANKED_ORDERS, Progress
from model.core import file_list, number_of
from model.types import Change

MIN_PICTURES = 10  # that a class should have
LOW_YIELD = 0.02  # share of a page that was changed, up to which a person may stop


def changes(counts: dict[str, int]) -> str:
    """ "12 changes: 7 relabelled, 5 deleted"."""
    relabelled, deleted = counts.get("relabel", 0), counts.get("delete", 0)
    parts = [f"{number:,} {word}" for number, word in ((relabelled, "relabelled"), (deleted, "deleted")) if number]
    if not parts:
        return "No changes yet"
    return f"{number_of(relabelled + deleted, 'change')}: {', '.join(parts)}"


def applied(changes: Sequence[Change]) -> str:
    """What an apply did, with the pictures that had to take another name because theirs was taken there."""
    if not changes:
        return "Nothing had to be applied."
    done = f"{number_of(len(changes), 'change')} applied."
    moves = [(_name(change.file), _name(change.to)) for change in changes if change.action == "relabel" and change.to]
    renamed = [f"{old} is now {new}" for old, new in moves if old != new]
    if not renamed:
        return done
    return f"{done} Where a name was taken, a number was added: {file_list(renamed)}."


def undone(changes: Sequence[Change]) -> str:
    """What the undoing of an apply did."""
    return f"{number_of(len(changes), 'change')} undone." if changes else "Nothing had to be undone."


def found(doubtful: int, judged: int, who: str, stopped: bool) -> str:
    """What a search for doubtful labels has found; never that the others are right."""
    begun = "Stopped" if stopped else "Done"
    by = f" to {who}" if who else ""
    if not doubtful:
        return (
            f"{begun}: of {number_of(judged, 'label')}, none stood out{by}. That does not mean that all are right: "
            "look at the first ones all the same."
        )
    stood = "stands" if doubtful == 1 else "stand"
    return (
        f"{begun}: {number_of(doubtful, 'label')} of {judged:,} {stood} out{by}. It does not see every mistake: "
        "look at the ones after these, too."
    )


def warnings(class_counts: dict[tuple[str, str], tuple[int, int]]) -> list[str]:
    """What the changes that wait would do to classes and splits; counts are by (label, split), before and after."""
    classes: dict[str, list[int]] = {}
    for (label, _), (before, after) in class_counts.items():
        counts = classes.setdefault(label, [0, 0])
        counts[0] += before
        counts[1] += after
    found = []
    for label, (before, after) in sorted(classes.items()):
        if after == 0 and before:
            found.append(f"No picture of “{label}” would be left: the class would be gone.")
        elif after < MIN_PICTURES and after < before:
            found.append(
                f"Only {number_of(after, 'picture')} of “{label}” would be left: a class needs at least {MIN_PICTURES}."
            )
        elif after < MIN_PICTURES and not before and after:
            found.append(f"The new class “{label}” would have {number_of(after, 'picture')}: it needs at least {MIN_PICTURES}.")
    for (label, split), (before, after) in sorted(class_counts.items()):
        if before and not after and classes[label][1]:
            found.append(f"No picture of “{label}” would be left in {split}.")
    return found


def progress(now: Progress, order: str, ranked_by: int = 0) -> dict[str, Any]:
    """How far a person is in the list, in words, whether they may stop, and by how many marks the rest was ranked anew."""
    share = now.seen / now.count if now.count else 1.0
    text = f"{now.seen:,} of {now.count:,} looked at"
    ranked = f"The rest was ranked anew with your {number_of(ranked_by, 'mark')}." if ranked_by else ""
    shown = {"share": share, "text": text, "advice": "", "may_stop": False, "ranked": ranked if order in RANKED_ORDERS else ""}
    changed, looked = now.last
    left = now.count - now.seen
    if not left and now.count:
        return {**shown, "advice": "You have seen them all.", "may_stop": True}
    if order not in RANKED_ORDERS or looked < PAGE:
        return shown
    advice = f"Of the last {looked}, {changed or 'none'} {'was' if changed == 1 else 'were'} changed."
    if changed <= LOW_YIELD * looked:
        return {**shown, "advice": f"{advice} You can stop: further down fewer still are wrong.", "may_stop": True}
    return {**shown, "advice": f"{advice} About {_expected_changes(now, left):,} more are to be expected."}


def _name(path: str) -> str:
    return PurePosixPath(path).name


def _expected_changes(progress: Progress, left: int) -> int:
    """Changes still to come, if the yield goes on falling from page to page as it last did (a geometric series)."""
    (changed, looked), (earlier, before) = progress.last, progress.before
    falling = min(0.9, (changed / looked) / (earlier / before)) if earlier else 0.5
    pages = left / PAGE
    return max(1, round(changed * falling * (1 - falling**pages) / (1 - falling)))
