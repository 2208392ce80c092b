"""The words of the page: the browser writes numbers as Python does, and says of a refusal what Python says."""

from __future__ import annotations

import random
import re
import struct

import pytest
from bad_pictures import DAMAGED
from node import evaluate
from PIL import Image
from samples import encoded, photo
from spoken import ANSWERS

from model.core import PROJECT, SECONDS, listing, number_of, percent, too_many_bytes
from model.errors import AppError, BadImage
from model.images import Resize, Transforms, open_picture
from model.images.workers import HUNGRY, LATE
from widgets.shared import WORDS, Photo, asking, to_refusal, within_bounds

ROOT = PROJECT / "widgets"
TEXT = (ROOT / "shared/text.js").as_uri()


def written(expression: str, given: list) -> list:
    """What text.js makes of each of the values."""
    return evaluate(f"const text = await import(file);\ntell(given.map((value) => {expression}));", file=TEXT, given=given)


def test_the_browser_writes_a_share_as_python_does():
    halves = [n / 200 for n in range(201)]
    edges = [0.995, 0.9949999999999999, 0.005, 0.0050000000000000001, 5e-324, 1 - 2**-53, 0.0, 1.0, 0.125, 0.625]
    chance = random.Random(0)
    shares = [*halves, *edges, *(n / 2000 for n in range(2001)), *(chance.random() for _ in range(5000))]
    assert written("text.percent(value)", shares) == [percent(share) for share in shares]


def test_the_browser_writes_lists_and_counts_as_python_does():
    lists = [[], ["a"], ["a", "b"], ["a", "b", "c"], [f"class {n}" for n in range(12)], [f"class {n}" for n in range(13)]]
    assert written("text.listing(value)", lists) == [listing(names) for names in lists]
    assert written('text.listing(value, "and")', lists) == [listing(names, "and") for names in lists]
    counts = [0, 1, 2, 999, 1000, 1_234_567]
    assert written('text.numberOf(value, "photo")', counts) == [number_of(count, "photo") for count in counts]


def raised(source: bytes) -> BadImage:
    with pytest.raises(BadImage) as caught:
        open_picture(source)
    return caught.value


def too_slow() -> BadImage:
    return BadImage(LATE.format(SECONDS), code="too-slow", seconds=round(SECONDS))


def too_narrow() -> BadImage:
    with pytest.raises(BadImage) as caught:
        Transforms("RGB", (Resize("pad", (32, 32)),))(Image.new("RGB", (30_000, 4)))
    return caught.value


def claiming(width: int, height: int) -> bytes:
    data = bytearray(encoded(photo(), "WEBP"))
    data[26:30] = struct.pack("<HH", width, height)
    return bytes(data)


def refusals() -> dict[str, AppError]:
    """For each code that the page has words for, the error as Python raises it."""
    held = within_bounds(Photo(1, 0, 1, "a.jpg", b"a"), asking.MAX_HELD + 1).refusal
    nothing = Image.new("F", (4, 4), float("nan"))
    jpeg = encoded(photo(), "JPEG", progressive=True)
    scan = jpeg[jpeg.rindex(b"\xff\xda") : -2]
    cases = [
        raised(b""),
        raised(b"text"),
        raised(b"II*\0" + bytes(40)),
        raised(encoded(photo())[:300]),
        raised(DAMAGED["a PNG with next to no content"]),
        raised(claiming(16383, 16383)),
        raised(jpeg[:-2] + scan * 501 + jpeg[-2:]),
        raised(encoded(nothing, "TIFF")),
        too_many_bytes(31_400_000),
        too_narrow(),
        too_slow(),
        held,
        AppError(asking.SORRY, code="sorry"),
        BadImage(HUNGRY, code="too-much-memory"),
    ]
    return {error.code: error for error in cases}


def test_the_page_says_of_a_refusal_what_python_says():
    errors = refusals()
    assert set(errors) == set(WORDS["refusal"])
    given = [{**to_refusal(error), "sentence": "unknown"} for error in errors.values()]
    said = evaluate("const { reason } = await import(file);\ntell(given.map(reason));", file=ANSWERS, given=given)
    assert said == [str(error) for error in errors.values()]


def test_a_refusal_that_the_page_has_no_words_for_is_said_by_its_sentence():
    given = [
        to_refusal(AppError("There is no model: train one.")),
        to_refusal(BadImage("Another version says so.", code="too-many-pixels", width=3)),
        {"code": "toString", "values": {}, "sentence": "By name.", "photo": False},
    ]
    said = evaluate("const { reason } = await import(file);\ntell(given.map(reason));", file=ANSWERS, given=given)
    assert said == ["There is no model: train one.", "Another version says so.", "By name."]


def test_every_sentence_of_the_words_is_used():
    scripts = "".join(path.read_text(encoding="utf-8") for kind in ("js", "py") for path in ROOT.rglob(f"*.{kind}"))
    for part, sentences in WORDS.items():
        if part in ("refusal", "state", "headline", "parts", "made"):  # by code, by status, by who looks, by way
            continue
        for name in sentences:
            assert re.search(rf"\.{name}\b|\[\"{name}\"\]", scripts), f"{part}.{name}"
