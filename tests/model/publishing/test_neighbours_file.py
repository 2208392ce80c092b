"""Training pictures for the page without a server: only those that visitors may see, and found there as Python finds them."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from node import evaluate
from samples import encoded, photo

from model.core import PROJECT, checksum_of
from model.explanation import Neighbours, neighbours_beside
from model.publishing.neighbours_file import as_file, for_visitors

STATIC = PROJECT / "widgets/static"
FIND = """const { makeNeighbours } = await import(module);
const found = await makeNeighbours(part, "file:///")(features);
tell(await Promise.all(found.map(async ({ label, similarity, picture }) =>
  [label, similarity, Buffer.from(await picture.arrayBuffer()).toString("base64")])));"""


def kept(count: int = 20, width: int = 33) -> Neighbours:
    rows = np.random.default_rng(0).normal(size=(count, width)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    pictures = [encoded(photo(seed=seed), "JPEG") for seed in range(count)]
    return Neighbours(rows.astype(np.float16).astype(np.float32), [f"Bär {n % 3}" for n in range(count)], pictures, True)


def test_the_most_similar_pictures_are_those_that_python_finds():
    ours = kept()
    content = as_file(ours)
    features = np.random.default_rng(1).normal(size=33).astype(np.float32)
    part = {
        "file": f"data:application/octet-stream;base64,{base64.b64encode(content).decode()}",
        "bytes": len(content),
        "sha256": checksum_of(content),
    }
    found = evaluate(FIND, module=(STATIC / "neighbours.js").as_uri(), part=part, features=features.tolist())
    assert found == [
        [like.label, f"{like.similarity:.2f}", base64.b64encode(like.picture).decode()] for like in ours.nearest(features, 3)
    ]


@pytest.mark.parametrize("visitors", [True, False])
def test_only_what_visitors_may_see_is_published(tmp_path, visitors):
    export, ours = tmp_path / "export.pkl", kept(2)
    assert for_visitors(export, "ab") is None
    np.savez(
        neighbours_beside(export),
        version=1,
        model="ab",
        for_visitors=visitors,
        features=ours.features.astype(np.float16),
        labels=ours.labels,
        ends=np.cumsum([len(picture) for picture in ours.pictures]),
        pictures=np.frombuffer(b"".join(ours.pictures), np.uint8),
    )
    found = for_visitors(export, "ab")
    assert (found is not None) == visitors
    assert for_visitors(export, "cd") is None, "those of another export"
