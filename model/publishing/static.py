"""A model as a page without a server: made, opened in a browser, compared with Python. Knows the page by what writes it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from model.artifacts import example_pictures, make_safe_model, model_card, read_form, registry
from model.classifier import Classifier
from model.core import evenly
from model.errors import BadImage, BadUsage
from model.images import frame_files
from model.jobs import Report
from model.publishing.browser import look, why_no_browser
from model.publishing.card_markdown import public_card
from model.publishing.icons import SIZES, icon
from model.publishing.neighbours_file import for_visitors
from model.publishing.precision import Network, choose
from model.publishing.privacy import find_private
from model.publishing.proof import Check, Proof, check_private, check_shown, check_weight
from model.publishing.publication import Made, Published, publish, tell
from model.publishing.runtime import Pins, browser_runtime
from model.publishing.site_checks import check_looked, check_network, not_looked_at
from model.publishing.static_site import RUNTIMES, write_site
from model.types import Prediction

STEPS = [
    "Copy the folder {out} to any web server: all that the page needs is in it.",
    "On GitHub: put its files into a repository, choose Settings, Pages, “Deploy from a branch”; the link to give away is "
    "https://OWNER.github.io/REPOSITORY/.",
    "Open the link once and drop a photo: after that it works without a network, too.",
]


def publish_static(
    export: Path,
    out: Path,
    named: bool,
    pictures: Sequence[Path] = (),
    most: int = 60,
    report: Report = lambda event: None,
    author: str | None = None,
) -> Published:
    """Publish an export as a folder for any web server. Raises AppError.

    `named` says that the owner asked for this very export. It is compared on its examples and on `pictures`, `most` of them at
    most in a browser, evenly chosen. `author` is who made it, for the page's card.
    """
    classifier = Classifier.load(export, named=named)
    sha256, card = model_card.admit(export, named)
    form, runtime = make_safe_model(export, sha256), browser_runtime()
    examples, neighbours = example_pictures.of(export), for_visitors(export, sha256)
    compared = list(pictures) or examples or example_pictures.of(registry.shipped_place())
    if not compared:
        raise BadUsage("There is no picture to compare by: name the folder that it was trained on (--data).")

    def make(draft: Path) -> Made:
        tell(report, "choosing a precision", 0.1)
        network = _network(classifier, form, compared)
        tell(report, "writing the page", 0.3)
        shown = [(file.name, file.read_bytes()) for file in examples]
        with tempfile.TemporaryDirectory() as scratch:
            smaller = Path(scratch, "network.onnx")
            smaller.write_bytes(network.content)
            write_site(form, public_card(card, classifier.vocab, author).to_json(), draft, runtime, smaller, shown, neighbours)
        tell(report, "looking at it", 0.5)
        checks = [check_weight(draft), check_network(network)]
        agreed = [*(content for _, content in shown), *map(icon, SIZES)]
        found = find_private(draft, agreed, Pins.read().sha256.values())
        checks += [check_private(found), check_shown(examples, len(neighbours.labels) if neighbours else 0)]
        looked, phone = _look(draft, classifier, [*examples, *evenly(list(pictures), most)] or compared)
        return Made(Proof([*checks, *looked]), [step.format(out=out) for step in STEPS], sha256, phone)

    return publish("A page without a server", out, make)


def _network(classifier: Classifier, form: Path, files: Sequence[Path]) -> Network:
    framed = [each.picture for each in frame_files(files, classifier.model.framing, 0) if not isinstance(each, BadImage)]
    if not framed:
        raise BadUsage("None of the pictures to compare by can be opened: name a folder whose pictures can (--data).")
    return choose(read_form(form)[1], framed)


def _look(draft: Path, classifier: Classifier, files: Sequence[Path]) -> tuple[list[Check], bytes]:
    """The checks that need a browser, and the page as on a phone."""
    if why := why_no_browser():
        return list(not_looked_at(why)), b""
    opened = list(frame_files(files, classifier.model.framing, 0))
    answers = classifier.classify_opened(opened)
    pairs = [(file, answer) for file, answer in zip(files, answers, strict=True) if isinstance(answer, Prediction)]
    looked = look(draft, [(file.name, file.read_bytes()) for file, _ in pairs])
    needed = [*RUNTIMES["wasm"], *(file.name for file in draft.glob("model/*.onnx"))]
    return check_looked(looked, [answer for _, answer in pairs], draft, needed), looked.phone
