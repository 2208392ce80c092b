"""Whether pictures may be mirrored, guessed from the names of their classes."""

from __future__ import annotations

import pytest
from samples import class_folders

from model.data import dataset, summary
from model.data.mirroring import OTHERWISE_SENTENCE, SIDES_SENTENCE, SIGNS_SENTENCE, guess_mirroring


@pytest.mark.parametrize(
    "classes",
    [
        tuple("0123456789"),
        tuple("ABC"),
        tuple("あいう"),
        ("10", "20", "100"),
        ("A", "B", "C", "del", "nothing", "space"),  # American sign language
        ("alpha", "beta", "gamma"),
        ("one", "two", "three"),
        ("stop sign", "speed-sign", "car"),
        ("digit_3", "digit_4"),
        ("mel_spectrogram", "Spectrogram2"),
        ("upArrow", "downArrow"),
        ("+", "?"),
    ],
)
def test_signs_letters_and_digits_are_not_mirrored(classes):
    guess = guess_mirroring(classes)
    assert not guess.allowed
    assert guess.sentence == SIGNS_SENTENCE


@pytest.mark.parametrize("classes", [("left", "right"), ("hand_Left", "face", "cat", "dog"), ("turnRight", "straight")])
def test_one_class_of_a_side_is_enough_for_a_mirrored_picture_would_be_of_another(classes):
    guess = guess_mirroring(classes)
    assert not guess.allowed
    assert guess.sentence == SIDES_SENTENCE


@pytest.mark.parametrize(
    "classes",
    [
        ("cat", "dog"),
        ("Bär", "cat", "two words"),
        ("cardboard", "glass", "metal", "paper", "plastic", "trash"),
        ("stop sign", "car", "tree"),
        ("class 1", "class 2"),
        ("bright", "leftovers"),
    ],
)
def test_things_are_mirrored(classes):
    guess = guess_mirroring(classes)
    assert guess.allowed
    assert guess.sentence == OTHERWISE_SENTENCE


def test_a_folder_is_judged_by_its_classes_not_by_its_name(tmp_path):
    cats = class_folders(tmp_path / "digits", {"cat": 4, "dog": 4})
    letters = class_folders(tmp_path / "cats", {"A": 4, "B": 4, "C": 4})
    assert dataset.read_dataset(cats).mirrorable.allowed
    assert not dataset.read_dataset(letters).mirrorable.allowed
    assert not dataset.read_dataset("digits").mirrorable.allowed


def test_the_overview_of_a_folder_says_the_guess(tmp_path):
    letters = class_folders(tmp_path / "letters", {"A": 4, "B": 4})
    assert summary.summarize(str(letters))["mirrorable"] == {"allowed": False, "sentence": SIGNS_SENTENCE}
