"""A folder on this machine as a host of static pages gives it: compressed once, with a tag by which a browser asks again."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path

from model.core import checksum_of

LEVEL = 6  # of gzip, as hosts have it
KINDS = {".mjs": "text/javascript", ".wasm": "application/wasm", ".webmanifest": "application/manifest+json"}


def compressed(file: Path) -> bytes:
    """What a host sends of a file."""
    return gzip.compress(file.read_bytes(), LEVEL)


@contextmanager
def hosted(folder: Path) -> Iterator[str]:
    """The address of a folder on this machine."""
    files = {file.relative_to(folder).as_posix(): compressed(file) for file in folder.rglob("*") if file.is_file()}
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, files))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(self, files: dict[str, bytes], *request):
        self._files = files
        super().__init__(*request)

    def do_GET(self) -> None:
        name = self.path.partition("?")[0].lstrip("/") or "index.html"
        content = self._files.get(name)
        if content is None:
            return self.send_error(404)
        tag = f'"{checksum_of(content)}"'
        known = self.headers.get("If-None-Match") == tag
        self.send_response(304 if known else 200)
        self.send_header("ETag", tag)
        self.send_header("Cache-Control", "max-age=600")
        if not known:
            self.send_header("Content-Type", KINDS.get(Path(name).suffix) or guess_type(name)[0] or "application/octet-stream")
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if not known:
            self.wfile.write(content)

    def log_message(self, *_) -> None:
        """Say nothing."""
