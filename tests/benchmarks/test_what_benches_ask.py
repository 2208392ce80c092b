"""What the benches of crowds and of the page without a server ask, with something quick in the place of what they measure."""

from __future__ import annotations

import gzip
import io
import time
import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path

import pytest
from PIL import Image, ImageCms
from samples import encoded, photo

from benchmarks import rates
from benchmarks.measure import Figure, table
from benchmarks.site_answers import LARGE, _as_from_a_phone
from benchmarks.static_host import compressed, hosted
from model.images import open_picture


class Slow:
    """Answers after so many seconds, and counts."""

    def __init__(self, seconds: float):
        self.asked, self._seconds = 0, seconds

    def classify(self, picture: bytes) -> bytes:
        self.asked += 1
        time.sleep(self._seconds)
        return picture


def test_each_visitor_asks_again_when_answered_and_all_answers_are_counted(monkeypatch):
    monkeypatch.setattr(rates, "SECONDS", 1.0)
    clients = [Slow(0.05), Slow(0.05), Slow(0.2)]
    started = time.perf_counter()
    rate = rates.of_clients(clients, b"photo")
    took = time.perf_counter() - started
    assert rate.answers == pytest.approx(sum(client.asked for client in clients) / took, rel=0.1)
    assert clients[0].asked > 2 * clients[2].asked
    assert rate.slowest >= 0.2


def ask(address: str, **headers: str) -> tuple[int, Message, bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, b""


def test_a_folder_is_given_compressed_and_again_only_where_it_changed(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "index.html").write_text("a page" * 100)
    (tmp_path / "deep/program.wasm").write_bytes(bytes(1000))
    with hosted(tmp_path) as address:
        status, headers, body = ask(address)
        assert (status, gzip.decompress(body)) == (200, b"a page" * 100)
        assert ask(address, **{"If-None-Match": headers["ETag"]})[0] == 304
        status, headers, body = ask(f"{address}deep/program.wasm?v=2")
        assert (status, headers["Content-Type"], len(body)) == (
            200,
            "application/wasm",
            len(compressed(tmp_path / "deep/program.wasm")),
        )
        assert ask(f"{address}missing")[0] == 404


def test_photos_as_of_phones_are_large_and_some_lie_on_their_side_or_have_a_profile(tmp_path: Path):
    file = tmp_path / "a.png"
    file.write_bytes(encoded(photo()))
    (_, plain), (_, turned), (_, profiled) = (_as_from_a_phone(file, place) for place in range(3))
    with Image.open(io.BytesIO(plain)) as opened:
        assert opened.size == LARGE
    with Image.open(io.BytesIO(turned)) as lying:
        assert lying.size == LARGE[::-1]
    assert open_picture(turned).size == open_picture(plain).size
    with Image.open(io.BytesIO(profiled)) as opened:
        shown = ImageCms.profileToProfile(
            opened, ImageCms.ImageCmsProfile(io.BytesIO(opened.info["icc_profile"])), ImageCms.createProfile("sRGB")
        )
        assert shown.getpixel((10, 10)) != opened.getpixel((10, 10))


def test_a_row_says_whether_its_bar_is_reached():
    rows = [
        Figure("quick", "slow", 1.0, 2.0, 0.5, "s"),
        Figure("slow", "quick", 2.0, 1.0, 0.5, "s"),
        Figure("many", "few", 2.0, 1.0, 1.0, "", at_least=True),
        Figure("seen", "nothing to beat", 2.0, 1.0, None, "s"),
    ]
    told = [line.split("|")[-2].strip() for line in table(rows).splitlines()[2:]]
    assert told == ["reached", "not reached", "reached", "reported"]
