"""The choice of a recipe without a browser: what becomes of it on the command line, and what is refused."""

from __future__ import annotations

import pytest

from model.data.digits import DIGITS
from model.errors import BadUsage
from widgets.train.train_form import TrainForm


def test_an_untouched_choice_is_the_preset_alone():
    assert TrainForm().arguments() == ["--preset", "quick"]


def test_what_was_changed_becomes_options():
    choices = TrainForm(preset="thorough")
    choices.changes = {
        "epochs": "7",
        "learning_rate": "find",
        "augment": ["rotate"],
        "crop": "pad",
        "size": "",
        "arch": "resnet34",
    }
    options = choices.arguments()
    assert options[:2] == ["--preset", "thorough"]
    assert dict(zip(options[::2], options[1::2], strict=True)) == {
        "--preset": "thorough",
        "--epochs": "7",
        "--lr": "find",
        "--augment": "rotate",
        "--crop": "pad",
        "--arch": "resnet34",
    }


def test_the_command_line_knows_every_option_that_can_be_chosen():
    from model.__main__ import _parser

    choices = TrainForm()
    choices.changes = {
        "epochs": "1",
        "learning_rate": "0.01",
        "augment": [],
        "crop": "squish",
        "size": "32",
        "arch": "resnet18",
    }
    choices.changes = {**choices.changes, "init": "scratch", "seed": "3"}
    read = vars(_parser().parse_args(["train", "digits", *choices.arguments()]))
    assert (read["epochs"], read["lr"], read["augment"], read["size"], read["seed"]) == (1, 0.01, (), 32, 3)
    _parser().parse_args(["augment", "a.jpg", "--out", "x", *choices.framing()])


@pytest.mark.parametrize(
    "changes",
    [
        {"epochs": "many"},
        {"epochs": 3},
        {"size": "9999"},
        {"seed": "-1"},
        {"learning_rate": "fast"},
        {"learning_rate": "nan"},
        {"arch": "--out=/etc/passwd"},
        {"crop": "circle"},
        {"augment": ["explode"]},
        {"augment": "rotate"},
    ],
)
def test_a_choice_that_makes_no_sense_is_a_sentence(changes):
    choices = TrainForm()
    choices.changes = changes
    with pytest.raises(BadUsage, match=r"\.$"):
        choices.arguments()


def test_digits_are_not_mirrored():
    choices = TrainForm()
    assert "flip" in choices.framing()[3]
    choices.data = DIGITS
    assert "flip" not in choices.framing()[3]
    assert choices.arguments() == ["--preset", "quick"]
