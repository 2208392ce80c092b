"""What a model file is and what opening it would import, found without opening it: nothing of the file runs.

`problem_of` names what only looks like an export; `check_export` reads the pickle of one. Neither torch nor fastai.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path

from model.artifacts import pickles
from model.artifacts.known_names import defined_in, is_known
from model.artifacts.pickles import Thing
from model.core import listing
from model.errors import BadModel

EXPORT_IT = "make one with learn.export('export.pkl')"
OLD_FASTAI = "It was exported by fastai before 2.8, which fastai 2.8 cannot open: export it again with fastai 2.8 or newer."
NOTEBOOK, GETATTR, IMPORT, CODE = "__main__", "getattr", "import", "code"

_ATTRIBUTES = {"dataloaders", "lighting", "search", "match", "create"}  # that a stock export fetches
_MODULES = {
    "PIL.Image",
    "io",
    "torch",
    "torch.nn",
    "torch.nn.functional",
    "numpy",
    "math",
    "random",
}  # for the globals of its functions
_OF_OLD_FASTAI = ("fastcore.transform", "fastcore.dispatch")
_OTHER_LOSSES = ("BCE", "MSE", "L1", "SmoothL1", "Huber", "MultiLabel", "Dice", "PoissonNLL", "GaussianNLL")


@dataclass(frozen=True)
class ExportCheck:
    """What is known of a model file that was not opened.

    `safe`: it names nothing but parts that fastai exports are made of, and brings no code along. `classes` are empty where they
    cannot be read; `imports` are "module.name"; `problems` are sentences, none for an export that can be served.
    """

    safe: bool
    classes: list[str]
    imports: list[str]
    problems: list[str]


def check_export(file: Path) -> ExportCheck:
    """Look at a model file without running any of it. Raises BadModel for a file that is not there."""
    if not file.is_file():
        raise BadModel(f"There is no model file at {file}: see that its name is right.")
    if problem := problem_of(file):
        return ExportCheck(False, [], [], [problem])
    try:
        root, names = pickles.outline(file)
    except ValueError:
        return ExportCheck(False, [], [], [f"{file.name} is not a fastai export: {EXPORT_IT}."])
    things = list(pickles.walk(root))
    foreign = [*_foreign(names), *_foreign_work(things)]
    classes = _classes(things)
    problems = [*_old(names), *_absent(foreign), *_untrusted(foreign), *_not_served(file, root, names, classes)]
    return ExportCheck(not foreign, classes, sorted(".".join(name) for name in names), problems)


def missing(file: Path) -> list[str]:
    """What a pickle names that is not to be had here, as sentences; none for what is no pickle."""
    try:
        _, names = pickles.outline(file)
    except ValueError:
        return []
    return [*_old(names), *_absent(_foreign(names))]


def refusal_of(file: Path) -> str:
    """Why nothing here could open a file, told before fastai is loaded, which takes seconds; empty for any other."""
    if problem := problem_of(file):
        return problem
    return next((f"{file.name} cannot be opened. {reason}" for reason in missing(file) if reason == OLD_FASTAI), "")


def is_learner(file: Path) -> bool:
    """Whether a file is the pickle of a fastai learner, whether or not it can be opened here."""
    try:
        root, _ = pickles.outline(file)
    except ValueError:
        return False
    return isinstance(root, Thing) and root.of[1] == "Learner"


def problem_of(file: Path) -> str:
    """A sentence on a file that only looks like an export: a pointer, half a download, a web page; empty for any other."""
    with file.open("rb") as stream:
        head = stream.read(2048).lstrip()
        zipped = head.startswith(b"PK")
        whole = not zipped or zipfile.is_zipfile(stream)
    start = head[:512].lower()
    what = ""
    if not head:
        what = "it is empty: download or export it again"
    elif head.startswith(b"version https://git-lfs"):
        what = "but a pointer of Git LFS: fetch the model that it stands for with git lfs pull"
    elif start.startswith((b"<!doctype", b"<html", b"<head", b"<?xml")):
        what = "but a web page that was saved under this name: download the file itself, by its link to the raw file"
    elif start.startswith((b"{", b"[")):
        what = "but a text in JSON, often the answer of a server that refused a download: download it again"
    elif head.startswith((b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")):
        what = "but a packed archive: unpack it, and name the model in it"
    elif not whole:
        what = "it breaks off before its end, as half a download does: download it again"
    return f"{file.name} is not a fastai export, {what}." if what else ""


def _foreign(names: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """The names that no fastai export needs."""
    return sorted(each for each in names if not is_known(*each))


def _foreign_work(things: list[Thing]) -> Iterator[tuple[str, str]]:
    """What the file would do with harmless names: fetch attributes, import modules, bring functions along."""
    for thing in things:
        if thing.of == ("builtins", "getattr"):
            attribute = str(thing.arguments[-1]) if thing.arguments else ""
            if attribute not in _ATTRIBUTES:
                yield (GETATTR, attribute)
        elif thing.of[0] in pickles.CLOUDPICKLE and thing.of[1] == "subimport":
            if not set(map(str, thing.arguments)) <= _MODULES:
                yield (IMPORT, listing([str(each) for each in thing.arguments]))
        elif thing.of[0] in pickles.CLOUDPICKLE and thing.of[1] == "_make_function":
            module, qualified = _function(thing)
            top = qualified.partition(".")[0]
            if not module.startswith(("fastai.", "fasttransform.")) or top not in defined_in(module):
                yield (CODE, qualified or "a function")


def _function(made: Thing) -> tuple[str, str]:
    """Module and qualified name of a function that travels as code."""
    code, namespace = (*made.arguments, None, None)[:2]
    texts = [each for each in getattr(code, "arguments", ()) if isinstance(each, str)]
    module = namespace.get("__name__", "") if isinstance(namespace, dict) else ""
    return str(module), texts[-1] if texts else ""


def _old(names: set[tuple[str, str]]) -> Iterator[str]:
    if any(module in _OF_OLD_FASTAI for module, _ in names):
        yield OLD_FASTAI


def _absent(foreign: list[tuple[str, str]]) -> Iterator[str]:
    """A sentence on the notebook's own functions, and one on packages that are not installed here."""
    own = [name for module, name in foreign if module == NOTEBOOK]
    if own:
        yield (
            f"It needs {listing(own)}, written in the notebook that made it: export the learner without functions of your own, "
            "for example with parent_label or RegexLabeller."
        )
    if absent := _not_installed(foreign):
        yield f"It needs {listing(absent)}, which is not installed here: install it, or export the learner without it."


def _not_installed(foreign: list[tuple[str, str]]) -> list[str]:
    tops = {module.partition(".")[0] for module, _ in foreign} - {NOTEBOOK, GETATTR, IMPORT, CODE}
    return sorted(top for top in tops if top not in sys.stdlib_module_names and PathFinder.find_spec(top) is None)


def _untrusted(foreign: list[tuple[str, str]]) -> Iterator[str]:
    """A sentence on code that the file brings along, and one on what is installed here and needed by no fastai export."""
    if brought := [name for module, name in foreign if module == CODE]:
        yield f"It brings code of its own along ({listing(brought, 'and')}): open it only if you trust who made it."
    told = {NOTEBOOK, CODE, *_not_installed(foreign)}
    rest = [".".join(each) for each in foreign if each[0].partition(".")[0] not in told and each[0] not in _OF_OLD_FASTAI]
    if rest:
        yield f"It would use {listing(rest, 'and')}, which no fastai export needs: open it only if you trust who made it."


def _not_served(file: Path, root: object, names: set[tuple[str, str]], classes: list[str]) -> Iterator[str]:
    """A sentence for each reason why this export, once opened, could not be served."""
    if not isinstance(root, Thing) or root.of[1] != "Learner":
        kind = root.of[1] if isinstance(root, Thing) else type(root).__name__
        weights = kind in ("dict", "OrderedDict")
        yield f"{file.name} holds {'weights alone' if weights else f'a {kind}'}, not a fastai learner: {EXPORT_IT}."
        return
    if ("fastai.data.transforms", "Categorize") not in names or not classes:
        yield "This export is not a single-label image classifier, the one kind that can be served here."
        return
    loss = _loss(root)
    if is_wrong_loss(loss):
        yield wrong_loss(loss)
    outputs = [
        thing.fields().get("out_features") for thing in pickles.walk(root.fields().get("model")) if thing.of[1] == "Linear"
    ]
    if outputs and isinstance(outputs[-1], int) and outputs[-1] != len(classes):
        yield wrong_outputs(len(classes), outputs[-1])


def wrong_loss(loss: str) -> str:
    """The sentence on a learner trained with a loss for another task."""
    return f"This export was trained with {loss}, a loss that does not choose one class: train it with CrossEntropyLossFlat()."


def is_wrong_loss(loss: str) -> bool:
    """Whether a loss, by the name of its class, is for another task than choosing one class."""
    return loss.startswith(_OTHER_LOSSES)


def wrong_outputs(classes: int, outputs: int) -> str:
    """The sentence on a network that does not give one number for each class."""
    return (
        f"This export has {classes} classes, but its network gives {outputs} numbers: make the learner without n_out, so that "
        "they agree, and export it again."
    )


def _loss(root: Thing) -> str:
    """The name of the loss's class; of a fastai wrapper, that of the loss within."""
    loss = root.fields().get("loss_func")
    inner = loss.fields().get("func") if isinstance(loss, Thing) else None
    for each in (inner, loss):
        if isinstance(each, Thing) and each.of[1]:
            return each.of[1]
    return ""


def _classes(things: list[Thing]) -> list[str]:
    """The vocabulary of the first CategoryMap."""
    for thing in things:
        if thing.of == ("fastai.data.transforms", "CategoryMap"):
            numbers = thing.fields().get("o2i")
            if isinstance(numbers, Thing):
                numbers = dict(member for member in numbers.members if isinstance(member, tuple))
            if isinstance(numbers, dict):
                return [str(name) for name, _ in sorted(numbers.items(), key=lambda pair: str(pair[1]).zfill(9))]
    return []
