"""Heat maps of networks whose answer is known by construction: what a class sees is the red, or the blue, of a cell."""

from __future__ import annotations

import numpy as np
import pytest

from model.explanation.activation_map import FINE, HeatMap, heat_map

CELL, ROWS, COLUMNS = 8, 6, 6
RED, BLUE, GREY = 0, 1, 2


def colours(pixels: np.ndarray, _names=()) -> tuple[np.ndarray]:
    """Per cell: the logit of red, of blue, and of grey, which is the same everywhere."""
    count, _, height, width = pixels.shape
    cells = pixels.reshape(count, 3, height // CELL, CELL, width // CELL, CELL).mean((3, 5)) / 25.5
    return (np.stack([cells[:, 0], cells[:, 2], np.full_like(cells[:, 0], 3.0)], axis=1),)


def picture(*boxes: tuple[int, int, int, int, int], ground: int = 0) -> np.ndarray:
    """Pixels (1 × 3 × height × width) with boxes of one channel's light: left, top, right, bottom, channel."""
    pixels = np.full((1, 3, ROWS * CELL, COLUMNS * CELL), ground, dtype=np.uint8)
    for left, top, right, bottom, channel in boxes:
        pixels[0, channel, top:bottom, left:right] = 255
    return pixels


def heat_of(pixels: np.ndarray, place: int = RED):
    return heat_map(colours, pixels, *colours(pixels), place)


def share_within(places: np.ndarray, left: int, top: int, right: int, bottom: int) -> float:
    scale = FINE / CELL
    rows, columns = slice(round(top * scale), round(bottom * scale)), slice(round(left * scale), round(right * scale))
    return float(places[rows, columns].sum() / places.sum())


@pytest.mark.parametrize("corner", [(0, 0), (8, 24), (13, 21), (30, 30), (32, 0)])
def test_the_heat_lies_on_what_speaks_for_the_class_wherever_it_lies(corner):
    x, y = corner
    found = heat_of(picture((x, y, x + 16, y + 16, 0)))
    around = max(0, x - CELL), max(0, y - CELL), x + 16 + CELL, y + 16 + CELL
    assert share_within(found.places, *around) > 0.95
    row, column = np.unravel_index(found.places.argmax(), found.places.shape)
    assert y <= (row + 0.5) * CELL / FINE <= y + 16
    assert x <= (column + 0.5) * CELL / FINE <= x + 16


def test_each_class_has_its_own_places():
    pixels = picture((0, 0, 16, 16, 0), (32, 32, 48, 48, 2))
    assert share_within(heat_of(pixels, RED).places, 0, 0, 24, 24) > 0.95
    assert share_within(heat_of(pixels, BLUE).places, 24, 24, 48, 48) > 0.95


def test_the_map_has_its_places_on_the_scale_of_brightness():
    places = heat_of(picture((0, 0, 16, 16, 0))).places
    assert places.shape == (ROWS * FINE, COLUMNS * FINE)
    assert places.min() == 0
    assert places.max() == 1


def test_a_difference_that_means_little_is_not_shown_as_bright():
    pixels = picture()
    pixels[0, 0, :16, :16] = 6  # a fifth of a logit
    found = heat_of(pixels)
    assert found.weak
    assert 0 < found.places.max() < 0.3


def test_what_is_the_same_all_over_speaks_from_no_place():
    found = heat_of(picture((0, 0, 48, 48, 0)))
    assert found.weak
    assert found.places.max() < 1e-5


def test_what_lies_everywhere_is_called_spread():
    assert HeatMap(np.random.default_rng(0).uniform(0.8, 1, (28, 28))).spread
    assert not heat_of(picture((8, 8, 24, 24, 0))).spread


def test_it_takes_two_passes_more():
    asked = []

    def counting(pixels, names):
        asked.append(list(names))
        return colours(pixels)

    pixels = picture((0, 0, 16, 16, 0))
    heat_map(counting, pixels, *colours(pixels), RED)
    assert asked == [["heat"], ["heat"]]


def test_a_network_of_one_place_tells_of_none():
    pixels = picture()
    assert heat_map(colours, pixels, np.zeros((1, 3, 1, 1)), RED) is None
    assert heat_map(colours, pixels, np.zeros((1, 1, 7, 7)), RED) is None
