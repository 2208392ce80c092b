"""How to train, as a person chooses it: a preset, and what was changed about it. Knows configurations, not what they do.

What the browser sends is checked before it becomes options of `python -m model train`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import ipywidgets as ipw
import traitlets as t

from model.errors import BadUsage
from model.training import AUGMENTATIONS, CROPS, DEFAULT_PRESET, FIND, PRESETS, SIDEWAYS, TrainConfig, choose_config
from widgets.shared import BrowserWidget, script

ARCHITECTURES = {
    "efficientnet_lite0": "efficientnet_lite0: small, quick, right most often",
    "resnet18": "resnet18: the one that courses begin with",
    "resnet34": "resnet34: deeper, twice as slow",
    "resnet50": "resnet50: large, for many pictures",
    "mobilenet_v3_small": "mobilenet_v3_small: for very small machines",
    "efficientnet_b0": "efficientnet_b0: small, slower than it looks",
}
STARTS = {
    "": "ImageNet: a million photographs of everyday things",
    "scratch": "nothing: random weights",
}
MIRROR = {"": "as guessed", "yes": "yes, every second time", "no": "no, never"}
NEIGHBOURS = {"": "no", "owner": "yes, for me alone", "visitors": "yes, and visitors of a public page see them, too"}
OPTIONS = {"learning_rate": "--lr"}  # where the option is not called like the field
WHOLE = {"size": ("Pixels per side", 8, 1024), "epochs": ("Epochs", 1, 1000), "seed": ("The seed", 0, 2**32 - 1)}


class TrainForm(BrowserWidget):
    """A configuration being chosen; `on_start` hears the click. `reason` says why it cannot start now, empty when it can."""

    _esm = script("train/train_form")

    mirrorable = t.Bool(True, help="the guess whether the pictures may be mirrored: a mirrored digit is another sign, or none")
    mirrorable_because = t.Unicode("", help="why, as a sentence")
    presets = t.List(t.Dict()).tag(sync=True)
    estimates = t.Dict(help="preset -> how long it will take, as a sentence").tag(sync=True)
    fields = t.List(t.Dict()).tag(sync=True)
    preset = t.Unicode(DEFAULT_PRESET).tag(sync=True)
    changes = t.Dict(help="what differs from the preset: field -> value").tag(sync=True)
    reason = t.Unicode("").tag(sync=True)
    sentence = t.Unicode("", help="what is wrong with the choice").tag(sync=True)

    def __init__(self, **traits: Any):
        super().__init__(**traits)
        self._starts = ipw.CallbackDispatcher()
        self.on_msg(self._on_browser_message)
        self.observe(self._update_choices, ["mirrorable", "mirrorable_because", "changes"])
        self._update_choices()

    def on_start(self, handler: Callable[[], None]) -> None:
        """Call `handler()` when the person wants the training to start."""
        self._starts.register_callback(handler)

    def arguments(self) -> list[str]:
        """The choice as options of `python -m model train`. Raises BadUsage."""
        if self.preset not in PRESETS:
            raise BadUsage(f"There is no preset called {self.preset}: choose from {', '.join(PRESETS)}.")
        options = ["--preset", self.preset]
        for name, value in self.changes.items():
            if name in _taken_by(self.preset) and value != "":
                options += [OPTIONS.get(name, f"--{name}"), CHECKS[name](name, value)]
        return options

    def config(self, preset: str) -> TrainConfig:
        """The configuration of a preset, with what was changed where it is the chosen one. Raises BadUsage."""
        chosen = self.changes if preset == self.preset else {}
        changed = {name: value for name, value in chosen.items() if name in _taken_by(preset) and value not in ("", None)}
        whole = {name: int(CHECKS[name](name, changed[name])) for name in ("size", "epochs") if name in changed}
        return choose_config(preset, arch=changed.get("arch"), init=changed.get("init"), **whole)

    def take(self, options: Sequence[str]) -> None:
        """Choose what these options of `python -m model train` say, as far as it can be chosen here."""
        given = dict(zip(options[::2], options[1::2], strict=False))
        changes: dict[str, Any] = {}
        for name, check in CHECKS.items():
            value: Any = given.get(OPTIONS.get(name, f"--{name}"))
            if value is not None and name == "augment":
                value = [each for each in value.split(",") if each != "none"]
            with contextlib.suppress(BadUsage):
                changes |= {name: value} if value is not None and check(name, value) else {}
        with self.hold_sync():
            if given.get("--preset") in PRESETS:
                self.preset = given["--preset"]
            self.changes = changes

    def framing(self) -> list[str] | None:
        """What changes pictures in this training, as options of `python -m model augment`; None where nothing does."""
        if PRESETS[self.preset].instant:
            return None
        values = next(preset["values"] for preset in self.presets if preset["name"] == self.preset)
        options = dict(zip(*[iter(self.arguments())] * 2, strict=True))
        options.setdefault("--augment", ",".join(values["augment"]))
        seen = ("--preset", "--crop", "--augment", "--mirror", "--size", "--seed")
        return [part for name in seen if name in options for part in (name, options[name])]

    def _update_choices(self, _change: Any = None) -> None:
        """What there is to choose from, which follows from whether the pictures are mirrored."""
        chosen = self.changes.get("mirror")
        self.fields = _fields(self.mirrorable, self.mirrorable_because, hidden=SIDEWAYS if chosen == "no" else ())
        mirror = chosen == "yes" if chosen in ("yes", "no") else None
        plain = {"arch": TrainConfig.arch, "init": "", "size": "", "epochs": "", "learning_rate": "", "seed": "", "mirror": ""}
        plain |= {"neighbours": ""}
        self.presets = [
            {
                "name": name,
                "title": name.capitalize(),
                "about": config.about,
                "takes": list(_taken_by(name)),
                "values": {
                    **plain,
                    "crop": config.crop,
                    "augment": list(replace(config, mirror=mirror).augmentations_for(self.mirrorable)),
                },
                "empty": {
                    "size": f"from the pictures, at most {config.max_size}",
                    "epochs": f"{config.epochs_finetune}, or {config.epochs_scratch} from random weights",
                    "learning_rate": "the preset’s own",
                    "seed": str(config.seed),
                },
            }
            for name, config in PRESETS.items()
        ]

    def _on_browser_message(self, _widget: Any, message: dict[str, Any], _buffers: list) -> None:
        if message.get("type") == "start":
            self._starts()


def _taken_by(preset: str) -> Sequence[str]:
    """The fields that can be chosen with a preset: nothing of an instant training itself, only what is kept of it."""
    return ("neighbours",) if PRESETS[preset].instant else tuple(CHECKS)


def _fields(mirrorable: bool, because: str, hidden: Sequence[str]) -> list[dict[str, Any]]:
    """What can be chosen beyond a preset: {name, kind, label, word (of the table of terms), hint, options}.

    `because` is why pictures are guessed to be `mirrorable`, or not; the augmentations that are `hidden` are not offered.
    """
    guess = {"": f"{'yes' if mirrorable else 'no'}, as guessed"}
    crops = [(name, f"{name}: {about[0].lower()}{about[1:].rstrip('.')}") for name, about in CROPS.items()]
    augmentations = [(name, name, about) for name, about in AUGMENTATIONS.items() if name not in hidden]
    rate = f"A number, 0.003 say, or the word {FIND} to search for a good one."
    return [
        {"name": "init", "kind": "one", "label": "Start from", "word": "fine-tuning", "options": list(STARTS.items())},
        {
            "name": "arch",
            "kind": "one",
            "label": "Architecture",
            "word": "architecture",
            "options": list(ARCHITECTURES.items()),
        },
        {"name": "crop", "kind": "one", "label": "Crop", "word": "random crop", "options": crops},
        {"name": "size", "kind": "text", "label": "Size in pixels", "word": "size"},
        {"name": "epochs", "kind": "text", "label": "Epochs", "word": "epoch"},
        {"name": "learning_rate", "kind": "text", "label": "Learning rate", "word": "learning rate", "hint": rate},
        {"name": "seed", "kind": "text", "label": "Seed", "word": "seed"},
        {
            "name": "mirror",
            "kind": "one",
            "label": "Mirror the pictures",
            "hint": because,
            "options": list({**MIRROR, **guess}.items()),
        },
        {"name": "augment", "kind": "several", "label": "Augmentations", "word": "augmentation", "options": augmentations},
        {
            "name": "neighbours",
            "kind": "one",
            "label": "Keep small copies of the training pictures",
            "hint": "“Why?” then shows the most similar ones. They lie beside the model, and go with it.",
            "options": list(NEIGHBOURS.items()),
        },
    ]


# ---- what the browser sends, checked: (name, value) -> the option's text; each raises BadUsage


def _whole(name: str, value: Any) -> str:
    what, least, most = WHOLE[name]
    if not (isinstance(value, str) and value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise BadUsage(f"{what} must be a whole number from {least:,} to {most:,}.")
    return value


def _rate(_name: str, value: Any) -> str:
    try:
        if value == FIND or 0 < float(value) < 10:
            return str(value)
    except (TypeError, ValueError):
        pass
    raise BadUsage(f"The learning rate must be a number above 0, 0.003 say, or the word {FIND}.")


def _one(name: str, value: Any) -> str:
    known = {"arch": ARCHITECTURES, "init": STARTS, "crop": CROPS, "mirror": MIRROR, "neighbours": NEIGHBOURS}[name]
    if value not in known:
        raise BadUsage(f"{value} is not one of {', '.join(filter(None, known))}: choose one of these.")
    return value


def _several(_name: str, value: Any) -> str:
    if not isinstance(value, list) or not set(value) <= set(AUGMENTATIONS):
        raise BadUsage(f"An augmentation is one of {', '.join(AUGMENTATIONS)}: choose from these.")
    return ",".join(value) or "none"


CHECKS = {
    **dict.fromkeys(WHOLE, _whole),
    **dict.fromkeys(("arch", "init", "crop", "mirror", "neighbours"), _one),
    "learning_rate": _rate,
    "augment": _several,
}
