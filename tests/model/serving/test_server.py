"""The model process itself, started as people start it (`python -m model serve`), asked over real HTTP."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import heic
import psutil
import pytest
from samples import encoded, photo
from served import Server

from model.classifier import Classifier
from model.core import PROJECT
from model.core.limits import MAX_BYTES
from model.errors import REASON
from model.serving.line import MAX_WAITING


@pytest.fixture(scope="module")
def classifier(tiny_export) -> Classifier:
    return Classifier.load(tiny_export)


def test_health_is_503_until_the_model_is_loaded_and_200_from_then_on(server):
    assert server.health[0] == (503, {"ready": False})
    assert server.health[-1] == (200, {"ready": True})
    assert server.ask("GET", "/health")[0] == 200


def test_a_picture_gets_the_answer_that_the_classifier_gives(server, classifier):
    for seed, format in enumerate(("PNG", "JPEG", "WEBP")):
        data = encoded(photo(90, 60, seed=seed), format)
        status, answer, _ = server.ask("POST", "/classify", data)
        expected = classifier.classify([data])[0]
        assert status == 200
        assert set(answer) == {"label", "probability", "probabilities", "status", "seconds"}
        assert answer["probabilities"] == pytest.approx(expected.probabilities, abs=1e-5)
        assert list(answer["probabilities"]) == classifier.vocab
        assert (answer["label"], answer["status"]) == (expected.label, expected.status)
        assert answer["seconds"] > 0


def test_pictures_sent_all_at_once_get_the_answers_that_they_get_alone(server):
    pictures = [encoded(photo(40 + n, 60, seed=n)) for n in range(24)]
    alone = [server.ask("POST", "/classify", picture)[1]["probabilities"] for picture in pictures]
    with ThreadPoolExecutor(len(pictures)) as pool:
        together = list(pool.map(lambda picture: server.ask("POST", "/classify", picture), pictures))
    assert [status for status, *_ in together] == [200] * len(pictures)
    for (_, answer, _), expected in zip(together, alone, strict=True):
        assert answer["probabilities"] == pytest.approx(expected, abs=1e-5)
    assert alone[0] != pytest.approx(alone[1], abs=1e-3)


@pytest.mark.parametrize(
    ("body", "words", "code"),
    [
        (b"", "empty", "empty"),
        (b"text", "not a picture", "not-a-picture"),
        (encoded(photo())[:300], "breaks off", "cut-off"),
    ],
)
def test_a_refused_picture_is_422_with_its_sentence_and_its_code(server, body, words, code):
    status, answer, headers = server.ask("POST", "/classify", body)
    assert status == 422
    assert list(answer) == ["error"]
    assert words in answer["error"]
    assert json.loads(headers[REASON.lower()])["code"] == code


def test_a_photo_of_a_phone_is_answered_and_half_a_jpeg_with_a_note(server):
    assert server.ask("POST", "/classify", heic.TURNED)[0] == 200
    status, answer, _ = server.ask("POST", "/classify", encoded(photo(320, 240), "JPEG", quality=85)[:-2500])
    assert status == 200
    assert "lower part is missing" in answer["note"]


def test_a_body_that_announces_too_many_bytes_is_413_before_it_is_sent(server):
    with contextlib.closing(socket.create_connection(("127.0.0.1", server.port), timeout=60)) as connection:
        connection.sendall(b"POST /classify HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (MAX_BYTES + 1))
        assert b" 413 " in connection.recv(1000)


def test_a_body_of_unknown_length_is_413_as_soon_as_it_is_too_long(server):
    block = b"x" * 1_000_000
    with contextlib.closing(socket.create_connection(("127.0.0.1", server.port), timeout=60)) as connection:
        connection.sendall(b"POST /classify HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        with contextlib.suppress(ConnectionError):  # the server need not read on
            for _ in range(MAX_BYTES // len(block) + 2):
                connection.sendall(b"%x\r\n%b\r\n" % (len(block), block))
        assert b" 413 " in connection.recv(1000)
    assert server.ask("POST", "/classify", encoded(photo()))[0] == 200


def test_a_picture_of_too_many_pixels_is_413(server):
    data = bytearray(encoded(photo(), "WEBP", lossless=True))
    data[21:25] = (16382 | 16382 << 14).to_bytes(4, "little")
    status, answer, _ = server.ask("POST", "/classify", bytes(data))
    assert status == 413
    assert "16383 × 16383" in answer["error"]


def test_too_many_waiting_pictures_are_503_and_the_others_are_answered(server):
    workers = picture_workers(server)
    with suspended(server), ThreadPoolExecutor(MAX_WAITING + 8) as pool:
        asked = [pool.submit(server.ask, "POST", "/classify", encoded(photo(seed=n))) for n in range(MAX_WAITING + 8)]
        deadline = time.monotonic() + 20
        while sum(request.done() for request in asked) < 8 and time.monotonic() < deadline:
            time.sleep(0.05)
        resumed(server)
        answers = [request.result() for request in asked]
    busy = [(answer, headers) for status, answer, headers in answers if status == 503]
    assert len(busy) == 8
    assert all("send yours again" in answer["error"] and headers["retry-after"] == "1" for answer, headers in busy)
    assert [status for status, *_ in answers].count(200) >= MAX_WAITING - len(workers)


def test_a_visitor_who_hangs_up_disturbs_nobody(server):
    for _ in range(5):
        with contextlib.closing(socket.create_connection(("127.0.0.1", server.port))) as connection:
            connection.sendall(b"POST /classify HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\nhalf")
    assert server.ask("POST", "/classify", encoded(photo()))[0] == 200


def test_the_card_names_the_classes_in_the_order_of_the_probabilities(server, classifier):
    status, card, _ = server.ask("GET", "/model")
    assert status == 200
    assert card["classes"] == classifier.vocab


def test_it_listens_on_a_unix_socket_and_ends_when_asked_to(tiny_export, runtime):
    where = runtime / "s.sock"
    process = subprocess.Popen(
        [sys.executable, "-m", "model", "serve", "--uds", str(where), "--model", str(tiny_export)], cwd=PROJECT
    )
    try:
        while not where.exists():
            assert process.poll() is None
            time.sleep(0.05)
        connection = HTTPConnection("localhost", timeout=60)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(str(where))
        connection.request("GET", "/health")
        assert connection.getresponse().status in (200, 503)
        connection.close()
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    finally:
        process.kill()
        process.wait()


def test_it_ends_by_itself_once_nobody_asks_and_leaves_no_worker(tiny_export):
    server = Server("--model", str(tiny_export), "--idle", "2")
    try:
        server.statuses_of_health()
        server.ask("POST", "/classify", encoded(photo()))
        children = psutil.Process(server.process.pid).children(recursive=True)
        assert server.process.wait(60) == 0
        assert psutil.wait_procs(children, timeout=10)[1] == []
    finally:
        server.end()


@pytest.mark.slow
def test_a_model_that_cannot_be_loaded_is_told_and_ends_the_process_with_status_1(tmp_path):
    (tmp_path / "broken.pkl").write_bytes(b"<html>")
    server = Server("--model", str(tmp_path / "broken.pkl"))
    try:
        status, answer = server.statuses_of_health()[-1]
        assert status == 500
        assert "broken.pkl is not a fastai export" in answer["error"]
        assert server.ask("POST", "/classify", encoded(photo()))[:2] == (500, answer)
        assert server.process.wait(60) == 1
        assert answer["error"] in server.process.stderr.read().splitlines()
    finally:
        server.end()


def test_a_slow_sender_gives_its_place_up(monkeypatch):
    """Without a process: the application under its own event loop, its patience made short."""
    import asyncio

    from starlette.testclient import TestClient

    from model.serving import arrivals, server

    async def never_whole(request, heard):
        await asyncio.sleep(60)

    monkeypatch.setattr(arrivals, "SECONDS", 0.05)
    monkeypatch.setattr(server, "picture_of", never_whole)
    with TestClient(server.create_app(lambda: None)) as client:
        answer = client.post("/classify", content=b"x")
    assert answer.status_code == 408
    assert "send it again" in answer.json()["error"]


def test_what_nobody_foresaw_is_one_sentence_as_json(monkeypatch):
    from starlette.testclient import TestClient

    from model.serving import server

    async def broken(request, heard):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(server, "picture_of", broken)
    with TestClient(server.create_app(lambda: None), raise_server_exceptions=False) as client:
        answer = client.post("/classify", content=b"x")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "try again" in answer.json()["error"]


def test_a_socket_that_cannot_be_made_is_wrong_usage(tmp_path):
    command = [sys.executable, "-m", "model", "serve", "--uds", str(tmp_path / "nowhere" / "s.sock")]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert "Cannot listen on" in done.stderr
    assert "Traceback" not in done.stderr


def test_why_a_model_could_not_be_loaded_is_for_the_log(caplog):
    from starlette.testclient import TestClient

    from model.serving import server

    def load():
        raise OSError("/a/secret/path")

    with TestClient(server.create_app(load)) as client:
        while (answer := client.get("/health")).status_code == 503:
            time.sleep(0.01)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "/a/secret/path" in caplog.text


def half_sent(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(b"POST /classify HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\nhalf of it")
    return connection


def test_photos_that_are_sent_by_half_hold_no_place_in_line(server):
    with contextlib.ExitStack() as held:
        for _ in range(MAX_WAITING + 8):
            held.enter_context(contextlib.closing(half_sent(server.port)))
        assert server.ask("POST", "/classify", encoded(photo()))[0] == 200
        assert server.ask("GET", "/line?bytes=1000")[1] == {"before": None, "room": True}


def test_a_photo_whose_sender_hangs_up_leaves_the_line(server):
    request = b"POST /classify HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b"
    picture = encoded(photo())
    with suspended(server):
        connections = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(6)]
        for connection in connections:
            connection.sendall(request % (len(picture), picture))
        assert eventually(lambda: server.ask("GET", "/line")[1]["before"])
        for connection in connections:
            connection.close()
        assert eventually(lambda: server.ask("GET", "/line")[1]["before"] is None)
    assert server.ask("POST", "/classify", picture)[0] == 200


def test_visitors_that_name_themselves_take_turns_and_hear_how_many_are_before_them(server):
    picture = encoded(photo())
    with suspended(server), ThreadPoolExecutor(32) as pool:
        asked = [pool.submit(server.ask, "POST", "/classify", picture, visit="many") for _ in range(12)]
        assert eventually(lambda: server.ask("GET", "/line", visit="many")[1]["before"])
        asked.append(pool.submit(server.ask, "POST", "/classify", picture, visit="one"))
        assert eventually(lambda: server.ask("GET", "/line", visit="one")[1]["before"] is not None)
        assert server.ask("GET", "/line", visit="one")[1]["before"] <= 4  # not behind the other's twelve
        assert server.ask("GET", "/line", visit="nobody")[1]["before"] is None
        resumed(server)
        assert [request.result()[0] for request in asked].count(200) >= 9


def picture_workers(server: Server) -> list[psutil.Process]:
    return [child for child in psutil.Process(server.process.pid).children() if "model.images.worker" in child.cmdline()]


@contextlib.contextmanager
def suspended(server: Server) -> Iterator[None]:
    """Nothing that is sent meanwhile is opened."""
    workers = picture_workers(server)
    for worker in workers:
        worker.suspend()
    try:
        yield
    finally:
        resumed(server)


def resumed(server: Server) -> None:
    for worker in picture_workers(server):
        worker.resume()


def eventually(true: Callable[[], object]) -> bool:
    deadline = time.monotonic() + 20
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(true())
