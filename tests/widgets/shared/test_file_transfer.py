"""A file on its way to the browser: one part at a time, each after a receipt."""

from __future__ import annotations

import asyncio

import pytest

from model.errors import AppError
from widgets.shared import FileTransfer, file_transfer, in_parts


def send(content: bytes, receipts: int) -> tuple[list[tuple[dict, bytes]], list[int]]:
    """What a browser gets that gives so many receipts, one for each part; and the sizes that are said to have arrived."""
    sent: list[tuple[dict, bytes]] = []
    arrived: list[int] = []

    async def transfer():
        def hear(message: dict, buffers: list[bytes]) -> None:
            sent.append((message, b"".join(buffers)))
            if len(sent) <= receipts:
                asyncio.get_running_loop().call_soon(way.on_receipt)

        way = FileTransfer(hear)
        way.on_receipt()  # of a page of before
        async for size in way.send("a.bin", in_parts(content)):
            arrived.append(size)

    asyncio.run(transfer())
    return sent, arrived


def test_a_file_arrives_in_parts_with_its_name_at_the_end(monkeypatch):
    monkeypatch.setattr(file_transfer, "PART", 4)
    sent, arrived = send(b"0123456789", 3)
    assert [message.get("first") for message, _ in sent] == [True, False, False, None]
    assert [part for _, part in sent] == [b"0123", b"4567", b"89", b""]
    assert sent[-1][0] == {"type": "file", "last": True, "name": "a.bin"}
    assert arrived == [4, 4, 2]


def test_no_part_goes_to_a_browser_that_does_not_take_the_one_before(monkeypatch):
    monkeypatch.setattr(file_transfer, "PART", 4)
    monkeypatch.setattr(file_transfer, "RECEIPT_SECONDS", 0.1)
    with pytest.raises(AppError, match="The download broke off"):
        send(b"0123456789", 1)
