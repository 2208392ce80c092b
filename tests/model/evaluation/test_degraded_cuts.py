from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from model.core import checksum
from model.evaluation import ANY, DEGRADATIONS, any_of, cut_degraded, degrade
from model.images import Resize, open_picture
from tests.support.samples import photo

CUT = Resize("crop", (32, 32))


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> list[Path]:
    """Two photos, an object on light card, and a file that is no picture."""
    folder = tmp_path_factory.mktemp("pictures")
    for number in range(2):
        photo(60, 50, seed=number).save(folder / f"{number}.png")
    picture = Image.new("RGB", (120, 100), (235, 233, 228))
    ImageDraw.Draw(picture).ellipse((30, 20, 90, 80), fill=(150, 20, 30))
    picture.save(folder / "ball.png")
    (folder / "broken.png").write_bytes(b"nothing of the kind")
    return sorted(folder.iterdir())


def test_workers_degrade_as_the_functions_do_and_say_what_cannot_be(files):
    zero, one, ball, broken = cut_degraded(files, CUT, "background")
    assert zero is None and one is None
    assert isinstance(broken, str) and "picture" in broken
    assert ball is not None and ball[:2] == (32, 32)
    expected = degrade(open_picture(files[2]), "background", int(checksum(files[2])[:8], 16))
    assert expected is not None and ball[2] == CUT(expected).tobytes()


def test_where_any_will_do_the_content_says_which(files):
    for file, outcome in zip(files[:3], cut_degraded(files[:3], CUT, ANY), strict=True):
        content = checksum(file)
        expected = degrade(open_picture(file), any_of(content), int(content[:8], 16))
        assert (outcome and outcome[2]) == (expected and CUT(expected).tobytes())
    assert {any_of(f"{number:064x}") for number in range(7)} == set(DEGRADATIONS)
