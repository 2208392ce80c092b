"""The page that a server serves, as a folder of its own: the program, its pins without torch, a model in its safe form.

What Binder, a container and Ray have in common. Knows which files serve, not where they will.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from model.artifacts import ModelCard, example_pictures, make_safe_model, model_card, read_form
from model.classifier import Classifier
from model.core import PROJECT, absolute, listing
from model.errors import AppError
from model.publishing.card_markdown import as_markdown, plain, public_card
from model.publishing.precision import stored_in
from model.publishing.privacy import find_private
from model.publishing.proof import Check, check_private, check_shown, check_weight

PROGRAM = ("model", "widgets")
KINDS = (".py", ".js", ".css", ".json", ".html", ".j2", ".ts", ".txt")  # of their files
BESIDE = ("app.ipynb", "voila.json", "LICENSE")
PINS = "requirements-serve.txt"
FORM = "form"  # the folder of the model, in the place of an export
SERVER = ["-m", "voila", "app.ipynb", "--Voila.ip=127.0.0.1", "--port={port}", "--no-browser"]  # of the page, on this machine


@dataclass(frozen=True)
class ServedModel:
    """A model that can be served without torch: the folder of its `form`, its card for strangers, the classifier that it is,
    the checksum of its export, and the examples that its owner agreed to show.
    """

    form: Path
    card: ModelCard
    classifier: Classifier
    sha256: str
    examples: list[Path]

    @classmethod
    def of(cls, export: Path, named: bool, author: str | None = None) -> ServedModel:
        """That of an export, or of a safe form; `author` is who made it, for people. Raises BadModel."""
        classifier = Classifier.load(export, named=named)
        sha256, card = model_card.admit(export, named)
        form, examples = make_safe_model(export, sha256), example_pictures.of(export)
        return cls(form, public_card(card, classifier.vocab, author), classifier, sha256, examples)

    @property
    def agreed(self) -> list[bytes]:
        """The pictures that strangers may see."""
        return [file.read_bytes() for file in self.examples]

    def write(self, folder: Path) -> None:
        """Write the safe form with its card into a new folder, and the examples beside it."""
        folder.mkdir(parents=True)
        form, network = read_form(self.form)
        (folder / "network.onnx").write_bytes(
            stored_in(network, "single")
        )  # without what its exporter noted: the project's path
        self.classifier.model.save(folder, form["export"])
        model_card.write(folder, replace(self.card, file=None, sha256=form["export"]))
        for file in self.examples:
            example_pictures.beside(folder).mkdir(exist_ok=True)
            shutil.copyfile(file, example_pictures.beside(folder) / file.name)


def write_page(folder: Path, model: ServedModel, pins: Path) -> None:
    """Write the program, the model and what must be installed (to `pins`, in the folder). Raises AppError."""
    for package in PROGRAM:
        for file in sorted((PROJECT / package).rglob("*")):
            if file.suffix in KINDS and file.is_file():
                target = folder / file.relative_to(PROJECT)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target)
    for name in BESIDE:
        shutil.copyfile(PROJECT / name, folder / name)
    (folder / pins).parent.mkdir(exist_ok=True)
    shutil.copyfile(_pins(), folder / pins)
    model.write(folder / FORM)


def look_through(folder: Path, model: ServedModel) -> list[Check]:
    """What is proved of the folder as it lies there: its weight, that it gives nothing away, which pictures it shows."""
    return [check_weight(folder), check_private(find_private(folder, model.agreed)), check_shown(model.examples)]


def readme(title: str, model: ServedModel, *paragraphs: str) -> str:
    """A README of Markdown: the title, paragraphs of the way that it is published, the card for people."""
    return "\n\n".join([f"# {title}", *paragraphs, "## About this model", as_markdown(model.card, _examples_of(model))])


def _examples_of(model: ServedModel) -> dict[str, str]:
    """The first example of each class that has one, by its place in the folder; classes in their order."""
    place, classes = example_pictures.beside(Path(FORM)).as_posix(), model.card.classes or []
    shown = {example_pictures.label_of(file.name, classes): quote(f"{place}/{file.name}") for file in reversed(model.examples)}
    return {label: shown[label] for label in classes if label in shown}


def title_of(model: ServedModel) -> str:
    """A question for a heading, which names what the model tells apart."""
    return f"Is it {listing([plain(label) for label in model.card.classes or []])}?"


def _pins() -> Path:
    pins = absolute(PROJECT / PINS)
    if not pins.is_file():
        raise AppError(f"There is no {PINS} in {PROJECT}, which says what serving needs: restore it from the repository.")
    return pins
