"""The table of terms: every word that the page explains has its sentence, and every sentence is used."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from model.core import PROJECT
from widgets.shared import script

WIDGETS = PROJECT / "widgets"
TERMS = json.loads((WIDGETS / "shared/terms.json").read_text(encoding="utf-8"))
SCRIPTS = {file.stem: file.read_text(encoding="utf-8") for file in WIDGETS.rglob("*.js")}
MODULES = {file.stem: file.read_text(encoding="utf-8") for file in WIDGETS.rglob("*.py")}


def used() -> set[str]:
    """The words that scripts write with `term` or `words`, and those that Python hands them."""
    found = set()
    for name, text in SCRIPTS.items():
        found |= set(re.findall(r"\bterm\(\"([^\"]+)\"", text))
        for call in re.findall(r"\bwords\((.*)\)", text) if name != "terms" else []:
            found |= set(re.findall(r"\[\"([^\"]+)\"", call))
    for text in MODULES.values():
        found |= set(re.findall(r"\"word\": \"([^\"]+)\"", text))
    return found


def test_every_word_that_is_explained_is_in_the_table():
    assert used() <= set(TERMS)


def test_every_sentence_of_the_table_is_used_somewhere():
    from widgets.measure import summary

    given = {"overfitting", "underfitting", "learning rate", "loss"}  # by what the epochs show
    assert all(f'"{word}"' in Path(summary.__file__).read_text() for word in given)
    assert set(TERMS) - used() - given == set()


@pytest.mark.parametrize("word", TERMS)
def test_a_term_is_one_plain_sentence(word):
    sentence = TERMS[word]
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert sentence.count(". ") == 0
    assert 40 < len(sentence) < 200


def test_the_table_reaches_the_scripts_that_explain_a_word_and_no_others():
    assert TERMS["epoch"] in script("train/curves")
    assert TERMS["epoch"] not in script("classify/answer")
