"""The choice of how to train without a browser: what becomes of it on the command line, and what is refused."""

from __future__ import annotations

import pytest

from model.errors import BadUsage
from widgets.train.train_form import TrainForm


def test_an_untouched_choice_is_the_preset_alone():
    assert TrainForm().arguments() == ["--preset", "instant"]
    assert TrainForm(preset="quick").arguments() == ["--preset", "quick"]


def test_an_instant_training_has_nothing_to_choose_and_shows_no_augmentation():
    choices = TrainForm(changes={"epochs": "3"})  # of an earlier choice
    assert choices.arguments() == ["--preset", "instant"]
    assert choices.config("instant").epochs is None
    assert choices.framing() is None
    takes = {preset["name"]: preset["takes"] for preset in choices.presets}
    assert list(takes) == ["instant", "quick", "thorough"]
    assert takes["instant"] == ["neighbours"]
    assert {"neighbours", "epochs", "size"} < set(takes["quick"]) == set(takes["thorough"])


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

    choices = TrainForm(preset="quick")
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
        {"mirror": "maybe"},
        {"augment": ["explode"]},
        {"augment": "rotate"},
    ],
)
def test_a_choice_that_makes_no_sense_is_a_sentence(changes):
    choices = TrainForm(preset="quick")
    choices.changes = changes
    with pytest.raises(BadUsage, match=r"\.$"):
        choices.arguments()


def framing(choices: TrainForm) -> dict[str, str]:
    options = choices.framing()
    return dict(zip(options[::2], options[1::2], strict=True))


def field(choices: TrainForm, name: str) -> dict:
    return next(each for each in choices.fields if each["name"] == name)


def test_digits_are_not_mirrored():
    choices = TrainForm(preset="quick")
    assert "flip" in framing(choices)["--augment"]
    choices.mirrorable, choices.mirrorable_because = False, "These look like signs or letters: not mirrored."
    assert "flip" not in framing(choices)["--augment"]
    assert choices.arguments() == ["--preset", "quick"]


def test_the_guess_is_the_default_and_its_reason_stands_beside():
    choices = TrainForm(mirrorable=False, mirrorable_because="These look like signs or letters: not mirrored.")
    mirror = field(choices, "mirror")
    assert mirror["hint"] == "These look like signs or letters: not mirrored."
    assert mirror["options"][0] == ("", "no, as guessed")
    assert [name for name, _ in mirror["options"]] == ["", "yes", "no"]
    choices.mirrorable = True
    assert field(choices, "mirror")["options"][0] == ("", "yes, as guessed")


@pytest.mark.parametrize("guess", [True, False])
def test_a_person_may_say_otherwise_and_sees_it_in_the_pictures(guess):
    choices = TrainForm(mirrorable=guess, preset="quick")
    choices.changes = {"mirror": "yes"}
    assert choices.arguments() == ["--preset", "quick", "--mirror", "yes"]
    assert framing(choices)["--mirror"] == "yes"
    assert "flip" in framing(choices)["--augment"]
    choices.changes = {"mirror": "no"}
    assert choices.arguments() == ["--preset", "quick", "--mirror", "no"]
    assert framing(choices)["--mirror"] == "no"
    assert "flip" not in framing(choices)["--augment"]
    assert "flip" not in [name for name, *_ in field(choices, "augment")["options"]]


def test_what_was_said_of_mirroring_is_taken_over_with_the_other_options():
    choices = TrainForm(preset="quick")
    choices.take(["--preset", "thorough", "--mirror", "no", "--augment", "flip,rotate"])
    assert choices.changes == {"mirror": "no", "augment": ["flip", "rotate"]}
    choices.take(["--preset", "quick"])
    assert choices.changes == {}
