"""The client of a public page tells a visitor of their own photo, and of nothing that only the owner can mend."""

from __future__ import annotations

import logging

import pytest

from model.client import NO_ANSWER, connect
from model.errors import BadModel, TooLarge, Unreachable

NOWHERE = "/of-the-owner/mine.pkl"


def test_a_visitor_hears_no_path_and_no_command(monkeypatch, caplog):
    monkeypatch.setenv("VOILENS_PUBLIC", "1")
    client = connect(NOWHERE)
    for ask in (client.card, lambda: client.classify(b"photo"), lambda: client.explain(b"photo")):
        caplog.clear()
        with caplog.at_level(logging.ERROR), pytest.raises(Unreachable) as told:
            ask()
        assert str(told.value) == NO_ANSWER
        assert told.value.__cause__ is None
        assert NOWHERE in caplog.text  # the owner hears it


def test_a_visitor_hears_what_is_wrong_with_a_photo(monkeypatch):
    monkeypatch.setenv("VOILENS_PUBLIC", "1")
    monkeypatch.setenv("VOILENS_URL", "http://127.0.0.1:1")
    with pytest.raises(TooLarge, match="save a smaller copy"):
        connect().classify(bytes(30_000_001))


def test_the_owner_hears_it_all():
    with pytest.raises(BadModel, match=NOWHERE):
        connect(NOWHERE).card()
