"""How much each place of a framed picture speaks for one class, from the logits that the network gives to each place.

Where a network averages its maps and weighs them, the weighted maps say what each place adds (Zhou et al. 2016, "Learning deep
features for discriminative localization"). A class counts by what it has above the other classes; a place by what it has above
the rest of the picture, since what all places say alike tells none of them apart. The cells of a network are coarse, and what
one says depends on how the picture falls on them: so the picture is looked at three times, moved by half a cell either way, and
a place counts as it does in the look in which it counts least. Knows arrays and a network, no label.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

MOVES = ((0.5, 0.5), (-0.5, -0.5))  # of the picture, in cells: to the left, up
FINE = 4  # places to a cell, each way, in what comes out
WEAK = 1.0  # logits above the rest of the picture that the strongest place must have to be shown at full brightness
FEWEST = 4  # cells, below which there is no telling where
SPREAD = 0.5  # of the heat on the brightest quarter of the places: less than that, and no place stands out

Network = Callable[[np.ndarray, Sequence[str]], tuple[np.ndarray, ...]]  # pixels and names of outputs to these


@dataclass(frozen=True)
class HeatMap:
    """The heat of each place from 0 to 1 (rows × columns, FINE of them to a cell)."""

    places: np.ndarray

    @property
    def brightest(self) -> tuple[float, float]:
        """Where the brightest place lies, in shares of the width and of the height."""
        row, column = np.unravel_index(int(self.places.argmax()), self.places.shape)
        return (float(column) + 0.5) / self.places.shape[1], (float(row) + 0.5) / self.places.shape[0]

    @property
    def weak(self) -> bool:
        """Whether no place says much for the class by itself."""
        return bool(self.places.max() < 1)

    @property
    def spread(self) -> bool:
        """Whether the heat lies all over the picture."""
        ordered = np.sort(self.places, axis=None)[::-1]
        return bool(ordered[: len(ordered) // 4].sum() < SPREAD * ordered.sum())


def heat_map(network: Network, pixels: np.ndarray, heat: np.ndarray, place: int) -> HeatMap | None:
    """The heat map for the class at `place` of the vocabulary. None where the network's cells are too few to tell.

    `pixels` (1 × channels × height × width, 8 bits) are a framed picture, `heat` (1 × classes × rows × columns) what the
    network gives to it under that name. Two more passes of the network.
    """
    cells: tuple[int, int] = heat.shape[2:]
    if cells[0] * cells[1] < FEWEST or heat.shape[1] < 2:
        return None
    looks = [_above_the_rest(heat[0], place)]
    for right, down in MOVES:
        (moved,) = network(_moved(pixels, cells, right, down), ("heat",))
        looks.append(_moved_back(_above_the_rest(moved[0], place), right, down))
    least = np.maximum(np.min(looks, axis=0), 0)
    return HeatMap(least / max(float(least.max()), WEAK))


def _above_the_rest(heat: np.ndarray, place: int) -> np.ndarray:
    """What a class has above the mean of the others, and a place above the mean of all places; in fine places."""
    own = heat[place] - (heat.sum(axis=0) - heat[place]) / (len(heat) - 1)
    above = Image.fromarray((own - own.mean()).astype(np.float32))
    return np.asarray(above.resize((above.width * FINE, above.height * FINE), Image.Resampling.BILINEAR))


def _moved(pixels: np.ndarray, cells: tuple[int, int], right: float, down: float) -> np.ndarray:
    """The picture moved to the left and up by shares of a cell, its border mirrored where something is missing."""
    height, width = pixels.shape[2:]
    return _window(pixels, round(down * height / cells[0]), round(right * width / cells[1]), "symmetric")


def _moved_back(places: np.ndarray, right: float, down: float) -> np.ndarray:
    return _window(places, -round(down * FINE), -round(right * FINE), "edge")


def _window(array: np.ndarray, down: int, right: int, mode: str) -> np.ndarray:
    """The same number of rows and columns, begun further down and to the right."""
    height, width = array.shape[-2:]
    around = [(0, 0)] * (array.ndim - 2) + [(abs(down), abs(down)), (abs(right), abs(right))]
    wide = np.pad(array, around, mode=mode)  # type: ignore[call-overload]  # one of its modes
    top, left = abs(down) + down, abs(right) + right
    return np.ascontiguousarray(wide[..., top : top + height, left : left + width])
