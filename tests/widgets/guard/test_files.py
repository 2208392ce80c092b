"""The files of the front end: compressed once, fetched once, and none but those of their folders."""

from __future__ import annotations

import gzip
import os

import pytest
from tornado.httpclient import HTTPRequest, HTTPResponse
from tornado.testing import AsyncHTTPTestCase
from tornado.web import Application, RequestHandler

from widgets.guard import files
from widgets.guard.files import ASK_AGAIN, FOREVER, put_files_first

TEXT = b"export default 'a widget';\n" * 100


class Elsewhere(RequestHandler):
    """Stands for Voilà's own handlers."""

    def get(self) -> None:
        self.write("elsewhere")


class TestFiles(AsyncHTTPTestCase):
    @pytest.fixture(autouse=True)
    def _folders(self, tmp_path):
        self.ours, self.theirs = tmp_path / "ours", tmp_path / "theirs"
        for folder in (self.ours, self.theirs):
            (folder / "deep").mkdir(parents=True)
            (folder / "page.js").write_bytes(TEXT + folder.name.encode())
        for name in ("page-5QK3TRZU.js", "264.39a51925ff568af5ea7f.js", "8ea8791754915a898a31.woff2", "deep/1187.voila.js"):
            (self.theirs / name).write_bytes(TEXT)
        (self.theirs / "small.css").write_bytes(b"p {}")
        (self.theirs / ".secret").write_bytes(TEXT)
        (tmp_path / "outside.js").write_bytes(TEXT)

    def get_app(self) -> Application:
        application = Application([(".*", Elsewhere)], headers={"Referrer-Policy": "no-referrer"})
        put_files_first(application, {"/base/static/": [self.ours, self.theirs]})
        return application

    def ask(self, name: str, method: str = "GET", encoding: str = "gzip, br", **headers: str) -> HTTPResponse:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        url = self.get_url(f"/base/static/{name}")
        asked = HTTPRequest(url, method, {"Accept-Encoding": encoding, **names}, decompress_response=False)
        return self.io_loop.run_sync(lambda: self.http_client.fetch(asked, raise_error=False))

    def test_a_text_travels_compressed_and_whole_to_whom_that_is_strange(self):
        answer = self.ask("deep/1187.voila.js")
        assert answer.headers["Content-Encoding"] == "gzip" and len(answer.body) < len(TEXT) / 10
        assert gzip.decompress(answer.body) == TEXT
        assert answer.headers["Content-Type"].startswith("text/javascript")
        assert answer.headers["Vary"] == "Accept-Encoding" and answer.headers["Referrer-Policy"] == "no-referrer"
        plain = self.ask("deep/1187.voila.js", encoding="identity")
        assert plain.body == TEXT and "Content-Encoding" not in plain.headers
        head = self.ask("deep/1187.voila.js", "HEAD")
        assert head.body == b"" and head.headers["Content-Length"] == str(len(answer.body))

    def test_what_would_not_get_smaller_travels_as_it_is(self):
        for name in ("small.css", "8ea8791754915a898a31.woff2"):
            assert "Content-Encoding" not in self.ask(name).headers

    def test_it_is_compressed_once_until_it_changes(self):
        files._read.cache_clear()
        for _ in range(3):
            self.ask("page.js")
        assert files._read.cache_info().misses == 1
        (self.ours / "page.js").write_bytes(b"new" + TEXT)
        os.utime(self.ours / "page.js", (1, 1))
        assert gzip.decompress(self.ask("page.js").body).startswith(b"new")

    def test_a_name_with_a_checksum_is_kept_for_good_and_others_are_asked_for_again(self):
        for name in ("page-5QK3TRZU.js", "264.39a51925ff568af5ea7f.js", "8ea8791754915a898a31.woff2"):
            assert self.ask(name).headers["Cache-Control"] == FOREVER, name
        for name in ("page.js", "deep/1187.voila.js", "small.css"):
            assert self.ask(name).headers["Cache-Control"] == ASK_AGAIN, name

    def test_what_has_not_changed_is_not_sent_again(self):
        etag = self.ask("page.js").headers["ETag"]
        again = self.ask("page.js", If_None_Match=etag)
        assert again.code == 304 and again.body == b""
        (self.ours / "page.js").write_bytes(TEXT * 2)
        assert self.ask("page.js", If_None_Match=etag).code == 200

    def test_the_first_folder_that_has_a_file_gives_it(self):
        assert self.ask("page.js", encoding="").body.endswith(b"ours")

    def test_all_else_is_for_voila_s_own_handlers(self):
        outside = ("../outside.js", "..%2foutside.js", "%2e%2e/outside.js")
        for name in ("nothing.js", "deep", "deep/", "", ".secret", "a//b", *outside):
            assert self.ask(name).body == b"elsewhere", name
