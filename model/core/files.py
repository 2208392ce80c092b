"""Whole files: their checksum, written in one step, under a lock. Knows no picture and no model. Standard library only."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def checksum(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal; read in blocks. Raises OSError."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else _digest(stream)


def checksum_of(content: bytes) -> str:
    """The SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def write_atomically(path: Path, content: bytes | str, durable: bool = False) -> None:
    """Write a file so that whoever opens `path` finds all of the old content or all of the new. Raises OSError.

    Text is written as UTF-8. `durable` does not return before the disk has the content, so that not even a power cut
    leaves an empty file.
    """
    with replacing(path) as draft, draft.open("xb") as stream:
        stream.write(content.encode() if isinstance(content, str) else content)
        if durable:
            stream.flush()
            os.fsync(stream.fileno())


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A free name beside `path` for a new version of it, which takes its place in one step at the end of the block.

    After an error in the block `path` is as it was and nothing is left beside it. Raises OSError.
    """
    draft = path.with_name(f".{secrets.token_hex(8)}")
    try:
        yield draft
        put_in_place(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def put_in_place(made: Path, place: Path) -> None:
    """Give a finished file or folder its name, in one step; both lie on the same disk.

    A file that is there is replaced. Raises OSError where that cannot be, as when a folder that is not empty is there.
    """
    os.replace(made, place)


@contextmanager
def locked(path: Path, patience: float | None = None) -> Iterator[None]:
    """Hold the lock file `path`, made when missing; the system releases it when the process ends, however it ends.

    Waits `patience` seconds at most for another holder, None for as long as it takes; 0 tries once. Raises TimeoutError
    when it is still held then, another OSError when the file cannot be opened.
    """
    with path.open("a") as file:
        if patience is None:
            fcntl.flock(file, fcntl.LOCK_EX)
        else:
            _lock_within(file.fileno(), patience)
        yield


def _lock_within(file: int, patience: float) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise TimeoutError(f"still locked after {patience} s") from None
            time.sleep(0.02)


def _digest(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    while block := stream.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()
