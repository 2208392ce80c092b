"""Under a Jupyter server, whose user has the machine, the pages of Voilà alone are guarded, by the same voila.json."""

from __future__ import annotations

import json
import os

from tornado.testing import AsyncHTTPTestCase
from tornado.web import Application, RequestHandler

import widgets.guard
from model.core import PROJECT
from widgets.guard.extension import load


class Anything(RequestHandler):
    """Stands for Jupyter and for Voilà's pages."""

    def get(self) -> None:
        self.write(self.settings["headers"]["Referrer-Policy"])

    def post(self) -> None:
        self.write(str(len(self.request.body)))


class Server:
    """What the extension sees of a Jupyter server."""

    kernel_manager = None

    def __init__(self) -> None:
        self.web_app = Application([(".*", Anything)], base_url="/user/anna/", headers={"Referrer-Policy": "origin"})


class TestExtension(AsyncHTTPTestCase):
    def get_app(self) -> Application:
        server, here = Server(), os.getcwd()
        self.addCleanup(os.chdir, here)
        os.chdir(PROJECT)  # where voila.json is
        load(server)
        return server.web_app

    def test_a_page_of_voila_chooses_no_look_and_takes_no_large_body(self):
        assert self.fetch("/user/anna/voila/render/app.ipynb").code == 200
        refused = self.fetch("/user/anna/voila/render/app.ipynb?theme=dark")
        assert refused.code == 400
        assert b'href="/user/anna/voila/render/app.ipynb"' in refused.body
        assert self.fetch("/user/anna/voila/api/shutdown/x", method="POST", body=b"x" * 1_000_001).code == 413

    def test_what_is_jupyter_s_own_is_left_to_it(self):
        assert self.fetch("/user/anna/lab/tree/app.ipynb?theme=dark").code == 200
        assert self.fetch("/user/anna/api/contents/a", method="POST", body=b"x" * 2_000_000).body == b"2000000"

    def test_the_headers_are_those_of_voila_json_where_the_server_has_none(self):
        assert self.fetch("/user/anna/").body == b"origin"
        assert "default-src 'self'" in self._app.settings["headers"]["Content-Security-Policy"]


def test_the_files_that_name_the_guard_name_what_there_is():
    settings = json.loads((PROJECT / "voila.json").read_text(encoding="utf-8"))
    named = [settings["VoilaConfiguration"]["multi_kernel_manager_class"]]
    named += [value for name, value in settings["Voila"].items() if name.endswith("_class")]
    assert len(named) == 3
    for name in named:
        module, _, what = name.rpartition(".")
        assert module == "widgets.guard"
        assert isinstance(getattr(widgets.guard, what), type)
    extensions = json.loads((PROJECT / "binder" / "jupyter_server_config.json").read_text(encoding="utf-8"))["ServerApp"]
    assert extensions["jpserver_extensions"] == {"widgets.guard": True}
    assert [point["module"] for point in widgets.guard._jupyter_server_extension_points()] == ["widgets.guard"]
