"""Heat in colours that say the same in grey, laid where it belongs."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from samples import encoded

from model.explanation.drawing import in_colours, laid_over, png


def test_the_hotter_the_lighter():
    drawn = in_colours(np.linspace(0, 1, 64, dtype=np.float32).reshape(1, 64).repeat(8, axis=0))
    greys = np.asarray(drawn.convert("L")).astype(int)[drawn.height // 2]
    assert (np.diff(greys) >= 0).all()
    assert greys[-1] - greys[0] > 180


def test_a_heat_map_has_the_proportions_of_its_places():
    assert in_colours(np.zeros((4, 8))).size == (224, 112)


def test_the_heat_covers_the_part_that_was_seen_and_no_more():
    photo = encoded(Image.new("RGB", (200, 100), "white"), "JPEG")
    over = np.asarray(laid_over(photo, png(in_colours(np.zeros((7, 7)))), (0.25, 0.0, 0.75, 1.0)).convert("L")).astype(int)
    assert over[50, 20] > 240
    assert over[50, 180] > 240
    assert over[50, 100] < 150


@pytest.mark.parametrize("part", [(-0.5, 0.0, 1.5, 1.0), (0.0, -0.2, 1.0, 1.2), (0.0, 0.0, 1.0, 1.0)])
def test_a_part_that_was_padded_reaches_beyond_the_photo(part):
    photo = encoded(Image.new("RGB", (60, 120), "white"), "JPEG")
    hot = np.zeros((8, 8))
    hot[3:5, 3:5] = 1
    over = np.asarray(laid_over(photo, png(in_colours(hot)), part).convert("L")).astype(int)
    assert over.shape == (120, 60)
    assert over[60, 30] > over[60, 6] + 40


def test_without_heat_the_part_is_outlined_all_the_same():
    photo = encoded(Image.new("RGB", (200, 100), "grey"), "JPEG")
    over = np.asarray(laid_over(photo, b"", (0.25, 0.0, 0.75, 1.0)))
    assert (over[50, 50] != over[50, 10]).any()
    assert np.array_equal(over[50, 100], over[50, 10])
