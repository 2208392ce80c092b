"""What the network gives is judged in the browser as Python judges it: shares, conditions, sure or not, the heat."""

from __future__ import annotations

import base64
import random
from dataclasses import asdict

import numpy as np
import pytest
from node import evaluate
from PIL import Image, ImageFilter
from samples import photo

from model.artifacts import Thresholds, softmax
from model.core import PROJECT
from model.explanation import activation_map, drawing, explainer
from model.images import CONDITIONS, conditions_of

STATIC = PROJECT / "widgets/static"


def as_pixels(picture: Image.Image) -> dict:
    data = base64.b64encode(picture.tobytes()).decode()
    return {"width": picture.width, "height": picture.height, "bands": len(picture.getbands()), "data": data}


def in_browser(script: str, name: str, **given):
    unpack = 'const unpack = (p) => ({ ...p, data: new Uint8Array(Buffer.from(p.data, "base64")) });\n'
    return evaluate(f"const ours = await import(file);\n{unpack}{script}", file=(STATIC / name).as_uri(), **given)


def test_shares_are_those_of_python():
    rng = np.random.default_rng(0)
    logits = np.concatenate([rng.normal(0, 8, (50, 6)), [[0] * 6, [1000, -1000, 0, 0, 0, 0]]]).astype(np.float32)
    shares = in_browser("tell(given.map(ours.softmax));", "judge.js", given=logits.tolist())
    assert np.abs(np.array(shares) - softmax(logits)).max() < 1e-12


def test_conditions_are_those_of_python():
    plain = [photo(64, 48, seed) for seed in range(4)]
    sharp = Image.effect_noise((64, 48), 90).convert("RGB")
    pictures = [
        *plain,
        *(picture.convert("L").convert("RGB") for picture in plain),
        *(picture.point(lambda value: value // 4) for picture in plain),
        sharp,
        sharp.filter(ImageFilter.GaussianBlur(4)),
        sharp.convert("L"),
        Image.new("RGB", (64, 48), "white"),
        Image.new("L", (3, 5)),
        sharp.crop((0, 0, 33, 7)),
    ]
    held = in_browser("tell(given.map((p) => ours.conditionsOf(unpack(p))));", "judge.js", given=[*map(as_pixels, pictures)])
    expected = [[name for name, holds in zip(CONDITIONS, conditions_of(each), strict=True) if holds] for each in pictures]
    assert held == expected
    assert {name for each in expected for name in each} == set(CONDITIONS)


CARDS = [
    {},
    {"thresholds": {"sure": 0.6, "familiar": -2.0, "close": -1.5, "sure_unlike": 0.8, "sure_grey": 0.7, "sure_dark": 0.9}},
    {"thresholds": {"sure": 0.6, "close": -1.5}},
]


@pytest.mark.parametrize("card", CARDS)
def test_what_is_sure_is_what_python_is_sure_of(card):
    rng, thresholds = random.Random(0), Thresholds.of(card)
    given = [
        {
            "share": rng.random(),
            "similarity": rng.choice([None, -3 * rng.random()]),
            "held": [rng.random() < 0.3 for _ in CONDITIONS],
        }
        for _ in range(400)
    ]
    script = """tell(given.map(({ share, similarity, held }) =>
      ours.statusOf(share, similarity, names.filter((_, place) => held[place]), thresholds)));"""
    said = in_browser(script, "judge.js", given=given, names=CONDITIONS, thresholds=asdict(thresholds))
    assert said == [thresholds.status(each["share"], each["similarity"], each["held"]) for each in given]
    assert len(set(said)) == (3 if "familiar" in card.get("thresholds", {}) else 2)


WEIGHTS = np.random.default_rng(3).normal(0, 0.02, (3, 3)).tolist()  # classes × bands


def network(pixels: np.ndarray, _names=("heat",)) -> tuple[np.ndarray]:
    """Heat that follows from the mean colour of each cell of 8 × 8 pixels."""
    _, bands, height, width = pixels.shape
    cells = pixels[0].reshape(bands, height // 8, 8, width // 8, 8).mean((2, 4))
    return (np.einsum("cb,byx->cyx", np.array(WEIGHTS), cells)[None].astype(np.float32),)


HEAT = """
const heatOf = async ({ width, height, data }) => {
  const [rows, columns] = [height / 8, width / 8];
  const heat = new Float32Array(3 * rows * columns);
  for (let at = 0; at < heat.length; at += 1) {
    const [of, row, column] = [Math.floor(at / rows / columns), Math.floor(at / columns) % rows, at % columns];
    let sum = 0;
    for (let y = 0; y < 8; y += 1) for (let x = 0; x < 8; x += 1) for (let band = 0; band < 3; band += 1)
      sum += weights[of][band] * data[((8 * row + y) * width + 8 * column + x) * 3 + band];
    heat[at] = sum / 64;
  }
  return { dims: [1, 3, rows, columns], data: heat };
};
const found = [];
for (const [p, place] of given) {
  const framed = unpack(p);
  const map = await ours.heatMap(heatOf, framed, await heatOf(framed), place);
  const colours = map && ours.inColours(map.places);
  found.push(map && { ...map, places: [...map.places.data], width: map.places.width,
    colours: [...colours.data].filter((_, at) => at % 4 < 3), size: [colours.width, colours.height] });
}
tell(found);
"""


def test_the_heat_is_that_of_python_and_so_is_what_is_said_of_it():
    sizes = [(56, 56), (64, 40), (16, 16), (8, 24)]
    pictures = [(photo(*size, seed=place), place % 3) for place, size in enumerate(sizes * 2)]
    pictures.append((Image.new("RGB", (56, 56), "red"), 0))
    said = in_browser(HEAT, "heat.js", given=[(as_pixels(picture), place) for picture, place in pictures], weights=WEIGHTS)
    for (picture, place), ours in zip(pictures, said, strict=True):
        pixels = np.asarray(picture).transpose(2, 0, 1)[None]
        theirs = activation_map.heat_map(network, pixels, *network(pixels), place)
        if theirs is None:
            assert ours is None
            continue
        assert np.abs(np.reshape(ours["places"], theirs.places.shape) - theirs.places).max() < 1e-4
        assert ours["weak"] == theirs.weak
        if not theirs.weak:
            assert ours["spread"] == theirs.spread
            assert ours["brightest"] == pytest.approx(theirs.brightest)
        colours = drawing.in_colours(theirs.places)
        assert tuple(ours["size"]) == colours.size
        assert np.abs(np.array(ours["colours"]) - np.asarray(colours, dtype=int).ravel()).max() <= 1
    assert None in said


def test_where_a_place_lies_is_said_as_python_says_it():
    rng = random.Random(1)
    given = [([rng.random(), rng.random()], [-0.2, 0.1, 1.2, 0.9]) for _ in range(60)]
    said = in_browser("tell(given.map(([place, part]) => ours.inWords(place, part)));", "why.js", given=given)
    assert said == [explainer._in_words(tuple(place), tuple(part)) for place, part in given]
    assert len(set(said)) == 9


def test_the_sentences_that_python_says_too_are_its_own():
    words = evaluate(
        'const { default: words } = await import(file, { with: { type: "json" } });\ntell(words.why);',
        file=(STATIC / "words.json").as_uri(),
    )
    assert (words["no_heat"], words["weak"], words["spread"]) == (explainer.NO_HEAT, explainer.WEAK, explainer.SPREAD)
