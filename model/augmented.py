"""One picture as training shows it to the network, again and again. Knows torch, no learner."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from model import places
from model.cutting import train_cut
from model.images import open_picture
from model.loaders import MEAN, STD, Chance, cut, finish
from model.recipe import Recipe


def samples(file: Path, count: int, recipe: Recipe) -> list[Image.Image]:
    """What the network would see of the picture in `file` in `count` epochs. Raises BadImage."""
    picture = open_picture(file)
    size = recipe.side([min(picture.size)])
    augment = recipe.suiting(mirrored=places.cache() not in file.resolve().parents)  # what lies there are the digits
    shrunk = train_cut(recipe.crop, size)(picture)
    chances = [Chance.draw(recipe, augment, shrunk.size, (recipe.seed, epoch, 0)) for epoch in range(count)]
    batch = finish(torch.from_numpy(np.stack([cut(shrunk, chance, size) for chance in chances])), chances)
    mean, std = batch.new_tensor(MEAN).view(1, 3, 1, 1), batch.new_tensor(STD).view(1, 3, 1, 1)
    pixels = (batch * std + mean).mul(255).round().clamp(0, 255).byte().permute(0, 2, 3, 1)
    return [Image.fromarray(row.numpy()) for row in pixels]
