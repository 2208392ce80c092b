"""The files of a page's front end: each is compressed once, for all visitors, and fetched once by each browser.

A name that holds a checksum of what is in the file never means another; the rest is asked for again, which costs a few bytes
where nothing has changed. Which files there are follows Voilà: what is not found here is for its own handlers to answer.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import mimetypes
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tornado.httputil import HTTPMessageDelegate, HTTPServerRequest
from tornado.routing import AnyMatches, Router, Rule
from tornado.web import Application

from widgets.guard.refusals import PlainHandler

FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
SMALLEST = 500  # bytes: below, compressing wins nothing
MOST_KEPT = 500  # files
_PLAIN_PATH = re.compile(r"([\w@~+-][\w@.~+-]*/)*[\w@~+-][\w@.~+-]*", re.ASCII)
_WITH_CHECKSUM = re.compile(r"(^|[.-])([0-9a-f]{8,}|[A-Z2-7]{8})\.\w+$", re.ASCII)  # webpack's, esbuild's
_TEXTS = ("text/", "application/javascript", "application/json", "image/svg+xml", "application/vnd.ms-fontobject")
More = Callable[[str, str], bytes | None]


def _nothing(_address: str, _name: str) -> None:
    return None


@dataclass(frozen=True)
class Stored:
    """A file as it is answered: whole, and compressed where that makes it smaller."""

    content: bytes
    compressed: bytes | None
    kind: str
    kept: str  # for how long a browser keeps it: the header Cache-Control
    etag: str


class Files(Router):
    """Answers what lies in the folders of an address that ends with a slash; the first folder that has a file gives it.

    Where none of them has it, `more` may: it gives the content of a file by address and name, or None.
    """

    def __init__(self, application: Application, places: Mapping[str, Iterable[str | Path]], more: More = _nothing):
        self._application = application
        self._places = {address: [Path(folder) for folder in folders] for address, folders in places.items()}
        self._more = more

    def find_handler(self, request: HTTPServerRequest, **_kwargs: Any) -> HTTPMessageDelegate | None:
        stored = self._find(request.path) if request.method in ("GET", "HEAD") else None
        return self._application.get_handler_delegate(request, FileHandler, {"stored": stored}) if stored else None

    def _find(self, path: str) -> Stored | None:
        for address, folders in self._places.items():
            name = path.removeprefix(address)
            if name != path and _PLAIN_PATH.fullmatch(name):
                if file := next((folder / name for folder in folders if (folder / name).is_file()), None):
                    state = file.stat()
                    return _read(file, state.st_mtime_ns, state.st_size)
                content = self._more(address, name)
                return _given(content, name) if content else None
        return None


class FileHandler(PlainHandler):
    """Answers with one file."""

    def initialize(self, stored: Stored) -> None:
        self._stored = stored

    def get(self) -> None:
        stored = self._stored
        self.set_header("Content-Type", stored.kind)
        self.set_header("Cache-Control", stored.kept)
        self.set_header("Vary", "Accept-Encoding")
        self.set_header("ETag", stored.etag)
        if self.check_etag_header():
            self.set_status(304)
        elif stored.compressed and "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            self.write(stored.compressed)
        else:
            self.write(stored.content)

    head = get


def put_files_first(application: Application, places: Mapping[str, Iterable[str | Path]], more: More = _nothing) -> None:
    """Answer these files before Voilà's handlers do; the gate is put before it."""
    application.default_router.rules.insert(0, Rule(AnyMatches(), Files(application, places, more)))


@functools.lru_cache(MOST_KEPT)
def _read(file: Path, _changed: int, _size: int) -> Stored:
    return _stored(file.read_bytes(), file.name)


def _stored(content: bytes, name: str) -> Stored:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    compressed = None
    if len(content) > SMALLEST and kind.startswith(_TEXTS):
        compressed = gzip.compress(content, mtime=0)
    kept = FOREVER if _WITH_CHECKSUM.search(name) else ASK_AGAIN
    etag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'  # weak: it means the file, however it travels
    return Stored(content, compressed, f"{kind}; charset=utf-8" if kind.startswith("text/") else kind, kept, etag)


_given = functools.lru_cache(MOST_KEPT)(_stored)
