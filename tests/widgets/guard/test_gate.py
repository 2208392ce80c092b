"""What is refused at the gate, and that everything else passes: asked over HTTP of a server in this process."""

from __future__ import annotations

import logging

import pytest
import traitlets.config
from tornado.httputil import HTTPHeaders
from tornado.testing import AsyncHTTPTestCase
from tornado.web import Application, RequestHandler

from widgets.guard.handshake import PROTOCOL
from widgets.guard.settings import Guard, Served
from widgets.guard.standalone import guard

KERNEL = "0b1b8a4c-6c1f-4d3c-9d5b-0c6a1a4de0aa"

CHANNELS = f"/api/kernels/{KERNEL}/channels?session_id=9d5010bc-6c43"
HANDSHAKE = {
    "Upgrade": "websocket",
    "Connection": "keep-alive, Upgrade",
    "Sec_WebSocket_Version": "13",
    "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec_WebSocket_Protocol": f"other, {PROTOCOL}",
}


class Anything(RequestHandler):
    """Stands for all that Voilà serves."""

    def get(self) -> None:
        self.write("served")

    head = post = delete = put = patch = options = get  # type: ignore[assignment]


class Voila(traitlets.config.Application):
    notebook_path = "app.ipynb"
    server_url = "/"
    kernel_manager = (KERNEL,)


class Asking(AsyncHTTPTestCase):
    served = Served.PUBLIC

    def get_app(self) -> Application:
        voila = Voila()
        voila.app = Application([(".*", Anything)], headers={"X-Ours": "yes"})
        guard(voila, Guard(names=["photos.example"]), self.served)
        return voila.app

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str):
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.fetch(
            path, method=method, body=body, headers=HTTPHeaders(names), follow_redirects=False, allow_nonstandard_methods=True
        )

    def status(self, *path: str, **headers: str) -> int:
        return self.ask(*path, **headers).code


class TestPublic(Asking):
    def test_the_addresses_of_the_page_are_served(self):
        for path in (
            "/",
            "/?x=1",
            "/voila/static/voila.js",
            "/voila/templates/lab/static/index.css",
            "/voila/labextensions/@jupyter-widgets/jupyterlab-manager/static/121.5c5a442bc10a67ee.js",
            f"/api/kernels/{KERNEL}",
        ):
            assert self.status(path) == 200, path
        assert self.ask(CHANNELS, **HANDSHAKE).code == 200
        assert self.status(f"/voila/api/shutdown/{KERNEL}", "POST") == 200

    def test_no_other_address_is(self):
        for path in (
            "/login",
            "/api",
            "/api/kernels",
            "/voila/files/a.png",
            "/voila/tree",
            f"/voila/query/{KERNEL}",
            "//",
            "/%2e",
        ):
            assert self.status(path) == 404, path
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "STRANGE"):
            assert self.status("/", method) == 405, method
            assert self.status(f"/api/kernels/{KERNEL}", method) == 405, method

    def test_an_address_chooses_no_look(self):
        for path in ("/?theme=dark", "/?template=other", "/?x=1&theme=", "/?theme=%3Cb%3E"):
            answer = self.ask(path)
            assert answer.code == 400, path
            assert b"Its address cannot choose a theme or a template." in answer.body
            assert b'href="/"' in answer.body

    def test_a_refusal_has_the_headers_of_the_page(self):
        answer = self.ask("/nothing")
        assert answer.headers["X-Ours"] == "yes"
        assert "Server" not in answer.headers

    def test_a_websocket_that_does_not_begin_as_a_browser_s_is_refused(self):
        for name, value in (
            ("Upgrade", "h2c"),
            ("Connection", "keep-alive"),
            ("Sec_WebSocket_Version", "8"),
            ("Sec_WebSocket_Key", ""),
            ("Sec_WebSocket_Protocol", "v2"),
            ("Origin", "http://elsewhere.example"),
            ("Origin", "null"),
        ):
            assert self.ask(CHANNELS, **{**HANDSHAKE, name: value}).code == 400, name
        for query in ("", "?session_id=", "?session_id=a&session_id=b", "?session_id=a%00b", f"?session_id={'a' * 65}"):
            assert self.ask(CHANNELS.partition("?")[0] + query, **HANDSHAKE).code == 400, query
        assert self.ask(CHANNELS).code == 400

    def test_a_kernel_that_there_is_not_is_not_found(self):
        other = KERNEL.replace("0b", "0c")
        for path, method in ((f"/api/kernels/{other}", "GET"), (f"/voila/api/shutdown/{other}", "POST")):
            assert self.status(path, method) == 404, path
        assert self.ask(CHANNELS.replace(KERNEL, other), **HANDSHAKE).code == 404

    def test_a_body_is_bounded(self):
        assert self.status(f"/voila/api/shutdown/{KERNEL}", "POST", body=b"x" * 1_000_001) == 413
        assert self.status(f"/voila/api/shutdown/{KERNEL}", "POST", body=b"x" * 1_000_000) == 200

    def test_any_name_is_answered(self):
        assert self.status("/", Host="elsewhere.example") == 200


class TestOwner(Asking):
    served = Served.OWNER

    def test_the_names_of_this_machine_and_of_the_settings_are_answered(self):
        for host in ("localhost:8866", "LOCALHOST", "127.0.0.1:1", "[::1]:8866", "photos.example"):
            assert self.status("/", Host=host) == 200, host

    def test_no_other_name_is(self):
        for host in ("elsewhere.example", "127.0.0.1.elsewhere.example", "localhost.", "10.0.0.1", "[::2]", "127.0.0.2"):
            assert self.status("/", Host=host) == 403, host

    def test_a_page_of_another_origin_is_refused(self):
        for origin in ("http://elsewhere.example", "null", "http://localhost:1", "http://[", ""):
            assert self.status("/", Host="localhost:8866", Origin=origin) == 403, origin
        for origin in ("http://localhost:8866", "https://photos.example"):
            assert self.status("/", Host="localhost:8866", Origin=origin) == 200, origin


def test_one_line_of_the_log_tells_of_a_refusal_and_nothing_of_what_was_asked(caplog):
    class Once(Asking):
        def runTest(self) -> None:
            self.ask(f"/api/kernels/{KERNEL}/secret?name=anna")

    with caplog.at_level(logging.INFO):
        result = Once().run()
    assert result is None or result.wasSuccessful()
    assert [record.getMessage() for record in caplog.records] == ["refused: an address that there is not"]


@pytest.fixture(autouse=True)
def _no_leftovers():
    yield
    Voila.clear_instance()
