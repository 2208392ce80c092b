"""What a training gives, whichever way it went, to the stages after it. Knows no way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from model import evaluation
from model.classifier import Classifier
from model.data import Dataset
from model.evaluation import Evaluation
from model.jobs import Report, Stopping
from model.types import Item, LeftOut

if TYPE_CHECKING:
    import fastai.vision.all as fv


COPIES = "degraded copies"  # what is looked at, as the progress says it


@dataclass(frozen=True)
class Export:
    """A finished export, not in its place yet."""

    file: Path
    sha256: str


@dataclass(frozen=True)
class Measured:
    """An export on the validation pictures: all its answers, the thresholds that count, and the figures at these."""

    evaluation: Evaluation
    thresholds: dict[str, float]
    figures: dict[str, Any]

    @classmethod
    def at(
        cls, answers: Evaluation, degraded: Mapping[str, Evaluation], thresholds: dict[str, float] | None = None
    ) -> Measured:
        """The figures of some answers; where there are degraded copies, theirs too, as `degraded`.

        They are those at `thresholds`. Without any, these are chosen by the answers, and what is said of "sure" is measured
        by those that each half of the pictures chooses for the other.
        """
        if thresholds is not None:
            sure = {name: each.sure(thresholds) for name, each in {"": answers, **degraded}.items()}
        else:
            thresholds = answers.thresholds(degraded.values())
            sure = evaluation.cross_fit_sure(answers, degraded)
        figures = answers.report("valid", sure[""]).to_json()
        if degraded:
            figures["degraded"] = evaluation.degraded_figures(degraded, sure)
        return cls(answers, thresholds, figures)


class Material(Protocol):
    """What was learned from: the `dataset` without its broken pictures, in pictures of `size` pixels a side.

    `left_out` are all the files that are not used, `refused` the pictures among them that cannot be read; `notes` are
    sentences for people.
    """

    @property
    def dataset(self) -> Dataset: ...
    @property
    def size(self) -> int: ...
    @property
    def left_out(self) -> Sequence[LeftOut]: ...
    @property
    def refused(self) -> Sequence[LeftOut]: ...
    @property
    def notes(self) -> Sequence[str]: ...


class Epochs(Protocol):
    """What the epochs gave: their figures as events, the `best` of them, and whether somebody stopped them."""

    @property
    def epochs(self) -> list[dict[str, Any]]: ...
    @property
    def stopped(self) -> bool: ...
    @property
    def best(self) -> dict[str, Any]: ...


class Trained(Protocol):
    """A network that has learned what it will.

    `recipe` says on the card how; `started_from` whose body it has, None for random weights; `mirrored` whether it saw pictures
    mirrored, None where that is no question; `told` are figures of this way alone, for the result.
    """

    @property
    def material(self) -> Material: ...
    @property
    def history(self) -> Epochs: ...
    @property
    def started_from(self) -> str | None: ...
    @property
    def recipe(self) -> dict[str, Any]: ...
    @property
    def mirrored(self) -> bool | None: ...
    @property
    def told(self) -> dict[str, Any]: ...
    @property
    def learner(self) -> fv.Learner: ...

    def export(self, folder: Path) -> Export:
        """Export it into `folder`; it learns no more."""
        ...

    def measure(self, made: Export, report: Report, stopping: Stopping) -> Measured:
        """Its answers on the validation pictures, and on degraded copies of them, which a stop leaves out.

        Events: {"event": "measuring", "done", "total"}, with "phase" for the copies.
        """
        ...


def evaluate(classifier: Classifier, items: Sequence[Item], report: Report) -> Evaluation:
    """What a classifier makes of some pictures. Events: {"event": "measuring", "done", "total"}."""
    return evaluation.evaluate(
        classifier, items, lambda done: report({"event": "measuring", "done": done, "total": len(items)})
    )


def evaluate_degraded(
    classifier: Classifier, items: Sequence[Item], report: Report, stopping: Stopping
) -> dict[str, Evaluation]:
    """What a classifier makes of degraded copies of some pictures, or nothing where it is to stop. Events as of `measure`."""

    def progress(done: int, total: int) -> None:
        if stopping():
            raise KeyboardInterrupt
        report({"event": "measuring", "phase": COPIES, "done": done, "total": total})

    if stopping():
        return {}
    try:
        return evaluation.evaluate_degraded(classifier, items, progress)
    except KeyboardInterrupt:
        return {}
