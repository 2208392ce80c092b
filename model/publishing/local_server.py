"""A folder served on this machine below a path of its own, as any web server would; what was asked for, what was missing."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BASE = "/some/repository/"  # as that of a project's page among others of its host


@dataclass
class Asked:
    """Which files of the folder were asked for, and which addresses were that lie outside it or are of no file."""

    files: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


class LocalServer:
    """Serves a folder on 127.0.0.1 until it is stopped; `asked` says what browsers wanted."""

    def __init__(self, folder: Path):
        self.asked = Asked()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self.asked, folder))
        self._server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        self.address = self.origin + BASE
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Answer nobody any more; harmless the second time."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(SimpleHTTPRequestHandler):
    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript", ".wasm": "application/wasm"}

    def __init__(self, asked: Asked, folder: Path, *request):
        self._asked = asked
        super().__init__(*request, directory=str(folder))

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/favicon.ico":  # browsers ask for it by themselves
            return self.send_error(404)
        if not path.startswith(BASE):
            self._asked.outside.append(path)
            return self.send_error(404)
        self.path = path.removeprefix(BASE.rstrip("/"))
        file = self.path.lstrip("/") or "index.html"
        listed = self._asked.files if Path(self.directory, file).is_file() else self._asked.missing
        listed.append(file)
        super().do_GET()

    def log_message(self, *_) -> None:
        """Say nothing."""
