"""What a folder and its journal should be: a model of both as dictionaries, without disk or SQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath

from folders import TRASH


@dataclass
class Step:
    """One step of marking in the model: the marks of its files before and after."""

    before: dict
    after: dict


@dataclass
class Apply:
    moves: dict[str, str]  # file to place
    marks: dict[str, tuple]
    made: set[str]
    steps: list[Step]
    undone: bool = False


@dataclass
class Model:
    """What a folder and its journal should be, without disk or SQL. A picture is (number, edition): its content."""

    files: dict[str, tuple[int, int]] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)
    trash: dict[str, tuple[int, int]] = field(default_factory=dict)
    marks: dict[str, tuple] = field(default_factory=dict)  # (action, label, picture as it was marked)
    done: list[Step] = field(default_factory=list)
    undone: list[Step] = field(default_factory=list)
    applies: list[Apply] = field(default_factory=list)

    def step(self, files, marks: dict) -> None:
        before = {file: self.marks.get(file) for file in files}
        after = {file: marks.get(file) for file in files}
        self.done.append(Step(before, after))
        self.undone.clear()
        self._set(after)

    def replay(self, here: list[Step], there: list[Step], side: str) -> bool:
        if not here:
            return False
        there.append(here.pop())
        self._set(getattr(there[-1], side))
        return True

    def _set(self, marks: dict) -> None:
        for file, mark in marks.items():
            self.marks.pop(file, None)
            if mark:
                self.marks[file] = mark

    def pending(self) -> dict[str, tuple]:
        return {f: m for f, m in sorted(self.marks.items()) if m[0] != "keep" and m[1] != PurePosixPath(f).parent.name}

    def changed(self) -> list[str]:
        return [file for file, mark in self.pending().items() if self.files.get(file) != mark[2]]

    def plan(self) -> Apply:
        moves: dict[str, str] = {}
        for file, (_, label, _) in self.pending().items():
            name = PurePosixPath(file)
            place, number = f"{label}/{name.name}", 1
            while label and (place in self.files or place in moves.values()):
                number += 1
                place = f"{label}/{name.stem}-{number}.jpg"
            moves[file] = place if label else f"{TRASH}/{len(self.applies)}/{file}"
        made = {PurePosixPath(place).parent.name for place in moves.values() if not place.startswith(TRASH)} - self.folders
        return Apply(moves, self.pending(), made, [])

    def apply(self, plan: Apply) -> None:
        for file, place in plan.moves.items():
            (self.trash if place.startswith(TRASH) else self.files)[place] = self.files.pop(file)
            self.marks.pop(file)
        self.folders |= plan.made
        plan.steps, self.done, self.undone = self.done, [], []
        self.applies.append(plan)

    def latest(self) -> Apply | None:
        return next((apply for apply in reversed(self.applies) if not apply.undone and apply.moves), None)

    def can_undo(self, apply: Apply) -> bool:
        return all(
            (place in self.files or place in self.trash) and file not in self.files for file, place in apply.moves.items()
        )

    def undo(self, apply: Apply) -> None:
        for file, place in apply.moves.items():
            self.files[file] = (self.trash if place in self.trash else self.files).pop(place)
            newer = self.marks.pop(place, None)
            self._set({file: newer or self.marks.get(file) or apply.marks[file]})
            for step in (*self.done, *self.undone):
                for side in (step.before, step.after):
                    if place in side:
                        side[file] = side.pop(place)
        self.folders |= {PurePosixPath(file).parent.name for file in apply.moves}
        self.folders -= {folder for folder in apply.made if not any(file.startswith(f"{folder}/") for file in self.files)}
        apply.undone = True
        self.done = apply.steps + self.done


def text(picture: tuple[int, int]) -> str:
    number, edition = picture
    return f"{number} {edition} " + "." * (7 * number + edition)  # never twice the same size
