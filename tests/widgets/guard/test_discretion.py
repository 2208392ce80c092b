"""What a visitor's browser gets to see: the page, and nothing of the machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from model.core import PROJECT, cache_folder
from widgets.guard.discretion import for_visitors, places_in


def said(kind: str, content: object, *buffers: bytes) -> list[bytes]:
    return [json.dumps({"msg_type": kind}).encode(), b"{}", b"{}", json.dumps(content, ensure_ascii=False).encode(), *buffers]


def test_no_place_of_this_machine_is_told_and_everything_else_is():
    told = for_visitors(
        said("comm_msg", {"text": f"Bär: {PROJECT}/export.pkl and {cache_folder('visits')} are full.", "n": 1}, b"x")
    )
    assert told is not None
    assert json.loads(told[3]) == {"text": "Bär: … and … are full.", "n": 1}
    assert told[4:] == [b"x"]
    plain = said("comm_msg", {"text": "home/sweet/home, 1/2, /r, https://example.org/tmp/x"})
    assert for_visitors(plain) == plain


def test_a_place_ends_with_its_word():
    known = places_in([Path("/home/anna"), Path("/"), Path("/home/anna/photos")])
    for text, told in (
        (b'"/home/anna/photos/a.jpg"', b'"..."'),
        (b"in /home/anna.", b"in /home/anna."),
        (b"(/home/anna)", b"(...)"),
        (b"/home/annabel/x", b"/home/annabel/x"),
        (b"/home/anna/\\u00e4", b"...\\u00e4"),
    ):
        assert known.sub(b"...", text) == told


@pytest.mark.parametrize("kind", ["stream", "error", "execute_input"])
def test_what_a_program_prints_is_not_for_visitors(kind):
    assert for_visitors(said(kind, {"text": "Traceback"})) is None
