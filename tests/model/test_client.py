"""The client against real model processes, which it starts by itself."""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import exports
import fastai.vision.all as fv
import psutil
import pytest
import uvicorn
from processes import end_model_processes, model_processes
from samples import encoded, photo

from model import client
from model.artifacts import model_card, serving_state
from model.classifier import Classifier
from model.core import PROJECT, files
from model.core.limits import MAX_BYTES
from model.errors import AppError, BadImage, BadModel, Busy, TooLarge, Unreachable
from model.serving import line, server
from model.types import VISIT, Prediction

PICTURE = encoded(photo())
ASK = """
import sys
from pathlib import Path
from model.client import connect
print(connect(sys.argv[1]).classify(Path(sys.argv[2]).read_bytes()).label)
"""


@pytest.fixture(scope="module")
def expected(tiny_export) -> dict[str, float]:
    return Classifier.load(tiny_export).classify([PICTURE])[0].probabilities


@pytest.fixture(scope="module")
def started(tiny_export) -> Iterator[Path]:
    """A runtime folder in which the process for the tiny export runs already."""
    folder = Path(tempfile.mkdtemp(prefix="vl"))  # a short path, for sockets
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VOILENS_RUNTIME", str(folder))
        client.connect(tiny_export).ready()
    yield folder
    end_model_processes(folder)


@pytest.fixture
def same_runtime(started, monkeypatch) -> Path:
    """The one of the tests that neither end its process nor start another."""
    monkeypatch.setenv("VOILENS_RUNTIME", str(started))
    return started


def the_process(runtime: Path) -> psutil.Process:
    (process,) = model_processes(runtime)
    return process


def test_connecting_starts_nothing_and_the_first_picture_starts_the_process(tiny_export, runtime, expected):
    asking = client.connect(tiny_export)
    assert model_processes(runtime) == []
    answer = asking.classify(PICTURE)
    assert answer.probabilities == pytest.approx(expected, abs=1e-5)
    assert list(answer.probabilities) == list(expected)
    first = the_process(runtime)
    client.connect(tiny_export).classify(PICTURE)
    assert the_process(runtime) == first
    assert asking.card()["classes"] == list(expected)
    assert first.cmdline()[-4:-2] == ["--idle", "900"]

    # the refusals, by the same process
    for picture, kind in ((b"", BadImage), (b"text", BadImage), (bytes(MAX_BYTES + 1), TooLarge)):
        with pytest.raises(kind):
            asking.classify(picture)
    assert the_process(runtime) == first


def test_two_clients_that_start_at_once_get_one_process(tiny_export, runtime, tmp_path):
    (tmp_path / "a.png").write_bytes(PICTURE)
    command = [sys.executable, "-c", ASK, str(tiny_export), str(tmp_path / "a.png")]
    asking = [subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    most = 0
    while any(process.poll() is None for process in asking):
        most = max(most, len(model_processes(runtime)))
        time.sleep(0.1)
    answers = {process.communicate()[0] for process in asking}
    assert len(answers) == 1 and answers != {""}
    assert most == 1
    assert the_process(runtime)


def test_a_process_killed_between_two_pictures_is_started_again(tiny_export, runtime, expected):
    asking, heard = client.connect(tiny_export), []
    asking.classify(PICTURE)
    first = the_process(runtime)
    first.kill()
    psutil.wait_procs([first], timeout=10)
    assert asking.classify(PICTURE, heard.append).probabilities == pytest.approx(expected, abs=1e-5)
    assert heard == [client.RESTARTING]
    assert the_process(runtime) != first


def test_a_process_killed_while_it_answers_is_started_again_and_the_picture_is_answered(tiny_export, runtime, expected):
    asking, answers, heard = client.connect(tiny_export), [], []
    asking.classify(PICTURE)
    first = the_process(runtime)
    first.suspend()  # the requests are taken and not answered
    waiting = [threading.Thread(target=lambda: answers.append(asking.classify(PICTURE, heard.append))) for _ in range(3)]
    for thread in waiting:
        thread.start()
    time.sleep(0.5)
    assert not answers
    os.kill(first.pid, signal.SIGKILL)
    for thread in waiting:
        thread.join(120)
    assert [answer.probabilities for answer in answers] == [pytest.approx(expected, abs=1e-5)] * 3
    assert set(heard) == {client.RESTARTING}
    assert the_process(runtime) != first


class Dying(http.server.BaseHTTPRequestHandler):
    """A model process that ends before it answers, as often as `times` says; it is there again at once."""

    times = 0

    def do_GET(self) -> None:
        self._answer({"ready": True})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if type(self).times:
            type(self).times -= 1
        else:
            self._answer(ANSWER if self.headers[VISIT] else {})

    def _answer(self, document: dict) -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        pass


ANSWER = Prediction("cat", 1.0, {"cat": 1.0}, "sure", 0.1).to_json()


@pytest.mark.parametrize(("restarts", "answered"), [(2, True), (3, False)])
def test_a_photo_that_two_restarts_hit_is_asked_once_more_and_then_its_visitor_is_told(restarts, answered, monkeypatch):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Dying) as dying:
        threading.Thread(target=dying.serve_forever, daemon=True).start()
        monkeypatch.setenv("VOILENS_URL", f"http://127.0.0.1:{dying.server_port}")
        monkeypatch.setattr(Dying, "times", restarts)
        if answered:
            assert client.connect().classify(PICTURE).label == "cat"
        else:
            with pytest.raises(Unreachable, match="Try another photo"):
                client.connect().classify(PICTURE)
        assert Dying.times == 0
        dying.shutdown()


class Replaced(Dying):
    """What stands before a model process that is being replaced: it says so in words of its own, so often on each path."""

    times: dict[str, int] = {}
    status = 500

    def do_GET(self) -> None:
        if not self._says_so():
            super().do_GET()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if not self._says_so():
            self._answer(ANSWER)

    def _says_so(self) -> bool:
        if not self.times.get(self.path):
            return False
        self.times[self.path] -= 1
        self.send_error(self.status)
        return True


@pytest.fixture
def replaced(monkeypatch) -> Iterator[type[Replaced]]:
    """One behind VOILENS_URL."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Replaced) as standing:
        threading.Thread(target=standing.serve_forever, daemon=True).start()
        monkeypatch.setenv("VOILENS_URL", f"http://127.0.0.1:{standing.server_port}")
        yield Replaced
        standing.shutdown()


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_process_that_is_being_replaced_elsewhere_is_waited_for_and_no_answer_is_lost(status, replaced, monkeypatch):
    monkeypatch.setattr(replaced, "times", {"/classify": 2, "/health": 3, "/model": 1})
    monkeypatch.setattr(replaced, "status", status)
    heard: list[str] = []
    assert client.connect().classify(PICTURE, heard.append).label == "cat"
    assert set(heard) == {client.RESTARTING}
    assert client.connect().card() == {"ready": True}
    assert not any(replaced.times.values())


def test_a_process_that_is_never_replaced_is_told_after_a_while(replaced, monkeypatch):
    monkeypatch.setattr(client, "ANSWER_SECONDS", 1.0)
    monkeypatch.setattr(replaced, "times", {"/classify": 1, "/health": 1000})
    with pytest.raises(Unreachable, match="Try again later"):
        client.connect().classify(PICTURE)


def test_a_photo_that_is_no_longer_wanted_is_given_up_while_it_waits(tiny_export, same_runtime):
    asking = client.connect(tiny_export)
    process = the_process(same_runtime)
    process.suspend()
    try:
        with pytest.raises(AppError, match="no longer wanted"):
            asking.classify(PICTURE, wanted=lambda: False)
    finally:
        process.resume()
    assert asking.classify(PICTURE).label


def test_another_export_in_the_same_place_is_served_by_another_process(tiny_export, runtime, tmp_path):
    export = Path(shutil.copy(tiny_export, tmp_path / "mine.pkl"))
    asking = client.connect(export)
    asking.classify(PICTURE)
    first = the_process(runtime)
    os.utime(export, (1, 1))
    asking.classify(PICTURE)
    assert len(model_processes(runtime)) == 2
    assert first in model_processes(runtime)


def test_a_process_elsewhere_is_asked_by_its_url(same_runtime, expected, monkeypatch):
    relay = Relay(next(same_runtime.glob("*.sock")))
    monkeypatch.setenv("VOILENS_URL", f"http://127.0.0.1:{relay.port}")
    asking = client.connect("no file is needed here.pkl")
    assert asking.classify(PICTURE).probabilities == pytest.approx(expected, abs=1e-5)
    assert asking.announced() == []
    assert len(model_processes(same_runtime)) == 1


def test_a_busy_process_is_asked_again_for_a_while_and_what_is_said_in_the_end_is_to_send_it_again(monkeypatch, serving):
    monkeypatch.setattr(client, "ANSWER_SECONDS", 5.0)
    monkeypatch.setattr(line, "MAX_WAITING", 0)
    monkeypatch.setenv("VOILENS_URL", f"http://127.0.0.1:{serving(server.create_app(lambda: None))}")
    heard = []
    with pytest.raises(Busy, match="send yours again in a minute"):
        client.connect().classify(PICTURE, heard.append)
    assert set(heard) == {client.BUSY}


@pytest.fixture
def serving() -> Iterator[Callable[[object], int]]:
    """What serves applications in threads of this process until the test ends; it gives the port of each."""
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def serve(application) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(application, log_level="warning"))
        running.append((server, threading.Thread(target=server.run, args=([listener],), daemon=True)))
        running[-1][1].start()
        return listener.getsockname()[1]

    yield serve
    for each, thread in running:
        each.should_exit = True
        thread.join(60)


def test_a_picture_is_explained_by_a_process_here_and_by_one_elsewhere(explaining_export, runtime, monkeypatch):
    here = client.connect(explaining_export).explain(PICTURE)
    assert here.label == Classifier.load(explaining_export).classify([PICTURE])[0].label
    assert here.photo
    assert here.heat
    with here_and_there(runtime, monkeypatch):
        assert client.connect().explain(PICTURE) == here
    with pytest.raises(TooLarge):
        client.connect(explaining_export).explain(b"0" * (MAX_BYTES + 1))


@contextlib.contextmanager
def here_and_there(runtime: Path, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """The process in `runtime`, reached by a URL."""
    (where,) = runtime.glob("*.sock")
    with patch.context() as own:
        own.setenv("VOILENS_URL", f"http://127.0.0.1:{Relay(where).port}")
        yield


def test_a_process_of_before_that_cannot_explain_is_told_as_such(tiny_export, monkeypatch, serving):
    application = server.create_app(lambda: Classifier.load(tiny_export, named=True))
    application.router.routes = [route for route in application.router.routes if route.path != "/explain"]
    monkeypatch.setenv("VOILENS_URL", f"http://127.0.0.1:{serving(application)}")
    with pytest.raises(AppError, match="earlier version"):
        client.connect().explain(PICTURE)


class Relay:
    """A TCP port in front of a unix socket."""

    def __init__(self, where: Path):
        self._where, self._listener = where, socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            near, _ = self._listener.accept()
            far = socket.socket(socket.AF_UNIX)
            far.connect(str(self._where))
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self._copy, args=(source, target), daemon=True).start()

    @staticmethod
    def _copy(source, target) -> None:
        while block := source.recv(1 << 16):
            target.sendall(block)
        target.shutdown(1)


def test_a_url_where_nobody_answers_is_unreachable(monkeypatch):
    monkeypatch.setenv("VOILENS_URL", "http://127.0.0.1:9")
    with pytest.raises(Unreachable, match="does not answer"):
        client.connect().classify(PICTURE)


@pytest.mark.parametrize(
    "url", ["ftp://x", "localhost:8000", "http://", "nonsense", "http://h:abc", "http://h:99999", "http://[::1"]
)
def test_a_url_of_another_kind_is_refused_with_what_it_must_look_like(url, monkeypatch):
    monkeypatch.setenv("VOILENS_URL", url)
    with pytest.raises(AppError, match="http://host:port"):
        client.connect()


def test_a_missing_model_is_told_and_nothing_is_started(runtime, tmp_path):
    asking = client.connect(tmp_path / "nowhere.pkl")
    with pytest.raises(BadModel, match=r"no model file at .*train one"):
        asking.classify(PICTURE)
    assert asking.announced() == []
    assert model_processes(runtime) == []


def test_a_model_that_cannot_be_loaded_is_told_by_its_own_sentence(runtime, tmp_path):
    (tmp_path / "broken.pkl").write_bytes(b"<html>")  # refused before fastai is loaded
    with pytest.raises(AppError, match="is not a fastai export, but a web page"):
        client.connect(tmp_path / "broken.pkl").classify(PICTURE)


@pytest.mark.parametrize("link", [False, True], ids=["the file itself", "a link to it"])
def test_an_export_in_another_folder_that_its_card_contradicts_is_not_opened(tiny_export, runtime, tmp_path, monkeypatch, link):
    if link:
        (tmp_path / "export.pkl").symlink_to(tiny_export)
    else:
        shutil.copy(tiny_export, tmp_path / "export.pkl")
    model_card.write(tmp_path / "export.pkl", model_card.ModelCard(sha256="of another"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AppError, match="is not the file that model-card"):
        client.connect("export.pkl").classify(PICTURE)


def test_why_a_process_could_not_start_is_for_the_log_and_not_for_visitors(tiny_export, runtime, monkeypatch, caplog):
    monkeypatch.setenv("VOILENS_IDLE", "soon")
    with pytest.raises(Unreachable) as told:
        client.connect(tiny_export).classify(PICTURE)
    assert str(told.value) == client.NOT_STARTED
    assert "argument --idle" in caplog.text
    assert str(runtime) in caplog.text


def test_a_process_that_does_not_get_ready_is_told_without_naming_its_place(runtime, tiny_export, monkeypatch, caplog):
    monkeypatch.setattr(client, "READY_SECONDS", 0.0)
    with pytest.raises(Unreachable) as told:
        client.connect(tiny_export).ready()
    assert str(told.value) == client.NOT_STARTED
    assert str(runtime) in caplog.text


def test_a_card_announces_its_classes_before_anything_is_started(tiny_export, runtime, tmp_path):
    export = Path(shutil.copy(tiny_export, tmp_path / "export.pkl"))
    model_card.write(export, model_card.ModelCard(classes=["Bär", "cat"]))
    assert client.connect(export).announced() == ["Bär", "cat"]
    model_card.beside(export).write_text("{")
    assert client.connect(export).announced() == []
    assert model_processes(runtime) == []


def test_sockets_and_logs_are_for_this_user_alone(same_runtime):
    assert same_runtime.stat().st_mode & 0o077 == 0
    assert {path.suffix for path in same_runtime.iterdir()} == {".sock", ".lock", ".log"}


def test_a_picture_asked_ahead_is_answered_the_same_and_every_click_after_it_too(tiny_export, same_runtime):
    asked = client.connect(tiny_export)
    picture = encoded(photo(seed=5))
    asked.ask_ahead(picture)
    first = asked.classify(picture)
    assert asked.classify(picture).probabilities == first.probabilities
    other = encoded(photo(seed=6))
    assert asked.classify(other).probabilities != first.probabilities


def test_an_answer_asked_ahead_of_a_model_that_was_replaced_is_not_given(tiny_export, pictures, runtime, tmp_path):
    export = Path(shutil.copy(tiny_export, tmp_path / "mine.pkl"))
    other = exports.ready(exports.export(pictures, tmp_path / "other.pkl", item_tfms=fv.Resize(32)))
    asked = client.connect(export)
    asked.ask_ahead(PICTURE)
    old = client.connect(export).classify(PICTURE)
    os.replace(other, export)
    new = asked.classify(PICTURE)
    assert new.probabilities == pytest.approx(Classifier.load(export).classify([PICTURE])[0].probabilities, abs=1e-5)
    assert new.probabilities != pytest.approx(old.probabilities, abs=1e-3)


def test_without_a_path_the_one_that_serves_answers_and_another_as_soon_as_that_serves(
    tiny_export, pictures, runtime, shipped_place, own_runs
):
    def described(export: Path) -> Path:
        model_card.write(export, model_card.ModelCard(sha256=files.checksum(export), classes=["Bär", "cat", "two words"]))
        return export

    own_runs.mkdir()
    described(Path(shutil.copy(tiny_export, shipped_place)))
    mine = described(exports.ready(exports.export(pictures, own_runs / "mine.pkl", item_tfms=fv.Resize(32))))
    asked = client.connect()
    before = asked.classify(PICTURE)
    serving_state.serve(mine)
    asked.ask_ahead(PICTURE)
    now = asked.classify(PICTURE)
    assert before.probabilities == pytest.approx(Classifier.load(shipped_place).classify([PICTURE])[0].probabilities, abs=1e-5)
    assert now.probabilities == pytest.approx(Classifier.load(mine).classify([PICTURE])[0].probabilities, abs=1e-5)
    assert now.probabilities != pytest.approx(before.probabilities, abs=1e-3)
    serving_state.serve(serving_state.previous())
    assert asked.classify(PICTURE).probabilities == before.probabilities
    mine.write_bytes(b"changed since")
    with pytest.raises(AppError, match="is not the file that its card describes"):
        serving_state.serve(mine)


def test_a_refusal_asked_ahead_is_told_when_it_is_asked_for(tiny_export, same_runtime):
    asked = client.connect(tiny_export)
    asked.ask_ahead(b"no picture")
    with pytest.raises(BadImage, match="not a picture"):
        asked.classify(b"no picture")
