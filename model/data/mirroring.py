"""Whether pictures may be mirrored, guessed from the names of their classes. Knows no pixels.

A mirrored cat is a cat; a mirrored “b” is a “d”, and a mirrored arrow to the left is one to the right. Names are all there
is to go by, so it is a guess: it comes with a sentence for the person, who may say otherwise.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


def _words(name: str) -> list[str]:
    """The words of a class's name: "turn_Left-2" -> turn, left, 2."""
    apart = re.sub(r"(?<=[^\W\d_])(?=\d)|(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFC", name))
    return [word.lower() for word in re.split(r"[\W_]+", apart) if word]


# One class of a side is enough: mirrored, its pictures are ones of the other side.
SIDES = frozenset(
    _words(
        "left right leftward rightward leftwards rightwards clockwise counterclockwise anticlockwise "
        "rechts gauche droite izquierda derecha sinistra destra"
    )
)
# Where half the classes are signs, no picture is mirrored. One of these words in a name is enough ...
KINDS = frozenset(
    _words(
        "letter letters digit digits numeral numerals number numbers character characters glyph glyphs sign signs "
        "symbol symbols arrow arrows text handwriting handwritten signature signatures logo logos alphabet kanji hiragana "
        "katakana spectrogram spectrograms"
    )
)
# ... and a name that consists of these alone is the name of a sign.
NAMES = frozenset(
    _words(
        "zero one two three four five six seven eight nine ten alpha beta gamma delta epsilon zeta eta theta iota kappa lambda "
        "mu nu xi omicron pi rho sigma tau upsilon phi chi psi omega alef aleph alif bet beth gimel dalet"
    )
)
SIGNS_SENTENCE = "These look like signs or letters: not mirrored."
SIDES_SENTENCE = "Left and right make a difference here: not mirrored."
OTHERWISE_SENTENCE = "These look like things that are the same in a mirror: mirrored every second time."


@dataclass(frozen=True)
class Mirroring:
    """A guess: whether pictures may be mirrored, and why, as a sentence."""

    allowed: bool
    sentence: str


def guess_mirroring(classes: Iterable[str]) -> Mirroring:
    """Whether pictures of these classes may be mirrored: not where their names look like signs, letters, digits or sides."""
    names = [_words(name) for name in classes]
    if any(SIDES & set(words) for words in names):
        return Mirroring(False, SIDES_SENTENCE)
    signs = sum(_is_sign(words) for words in names)
    if signs and 2 * signs >= len(names):
        return Mirroring(False, SIGNS_SENTENCE)
    return Mirroring(True, OTHERWISE_SENTENCE)


def classes_around(picture: Path) -> list[str]:
    """The classes that a single picture lies among, where its folder is one of several class folders: their names."""
    with suppress(OSError):
        beside = picture.resolve().parent.parent.iterdir()
        return sorted(folder.name for folder in beside if folder.is_dir() and not folder.name.startswith("."))
    return [picture.resolve().parent.name]


def _is_sign(words: list[str]) -> bool:
    """Whether a class of this name looks like one of signs: a single character, a number, or the name of a kind of sign."""
    if not words:  # punctuation alone: “+”, “?”
        return True
    return all(word.isdecimal() or len(word) == 1 or word in NAMES for word in words) or bool(KINDS & set(words))
