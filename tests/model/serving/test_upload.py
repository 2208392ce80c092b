"""The ways to send a picture over HTTP, each within the limits; any other is told how to ask."""

from __future__ import annotations

import base64
import contextlib
import json
import socket

import psutil
import pytest
from samples import encoded, photo

from model.core.limits import MAX_BYTES
from model.types import PICTURE_TYPE


def form(*parts: bytes, boundary: str = "b0undary") -> tuple[bytes, str]:
    edge = b"--" + boundary.encode()
    return b"".join(
        edge + b"\r\n" + part + b"\r\n" for part in parts
    ) + edge + b"--\r\n", f"multipart/form-data; boundary={boundary}"


def form_file(content: bytes, name: str = "file") -> bytes:
    head = f'Content-Disposition: form-data; name="{name}"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    return head.encode() + content


FIELD = b'Content-Disposition: form-data; name="more"\r\n\r\nwords'


def in_json(content: bytes, before: str = "") -> tuple[bytes, str]:
    return json.dumps({"image": before + base64.b64encode(content).decode()}).encode(), "application/json"


def test_a_picture_is_taken_as_the_body_as_a_form_file_and_as_base64_in_json(server):
    picture = encoded(photo(90, 60), "JPEG")
    expected = server.ask("POST", "/classify", picture)[1]["probabilities"]
    wrapped = [
        (picture, "application/x-www-form-urlencoded"),  # what curl says of --data-binary
        (picture, "image/jpeg"),
        form(form_file(picture)),
        form(FIELD, form_file(picture, "picture")),
        in_json(picture),
        in_json(picture, "data:image/jpeg;base64,"),
        (in_json(picture)[0], "application/json; charset=utf-8"),
    ]
    for body, kind in wrapped:
        status, answer, _ = server.ask("POST", "/classify", body, kind)
        assert status == 200, (kind, answer)
        assert answer["probabilities"] == pytest.approx(expected, abs=1e-6)


HALF_A_FORM, FORM = form(form_file(b"x"))[0][:60], "multipart/form-data; boundary=b0undary"
WRONG = [
    (*form(FIELD), 400),
    (*form(form_file(b"x"), form_file(b"y", "other")), 400),
    (HALF_A_FORM, FORM, 400),
    (b"no form", FORM, 400),
    (b"x", "multipart/form-data", 400),
    (b"{", "application/json", 400),
    (b"[1]", "application/json", 400),
    (b'{"image": 7}', "application/json", 400),
    (b'{"image": "not base64!"}', "application/json", 400),
    (b'{"picture": "eA=="}', "application/json", 400),
    (b"[" * 100_000, "application/json", 400),
    (base64.b64encode(encoded(photo())), "application/x-www-form-urlencoded", 422),
    (b"image=eA==", "application/x-www-form-urlencoded", 422),
    (*in_json(b"text"), 422),
    (*form(form_file(b"text")), 422),
]


@pytest.mark.parametrize(("body", "kind", "expected"), WRONG)
def test_any_other_way_to_send_a_picture_is_told_how_to_ask(server, body, kind, expected):
    status, answer, _ = server.ask("POST", "/classify", body, kind)
    assert status == expected
    assert list(answer) == ["error"]
    assert "curl -F file=@photo.jpg" in answer["error"]


def test_what_the_page_sends_is_refused_in_words_for_the_person_at_it(server):
    status, answer, _ = server.ask("POST", "/classify", b"text", PICTURE_TYPE)
    assert (status, "curl" in answer["error"]) == (422, False)


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [("GET", "/classify", 405), ("PUT", "/classify", 405), ("POST", "/", 404), ("GET", "/predict", 404)],
)
def test_a_wrong_method_or_path_is_told_what_there_is(server, method, path, expected):
    status, answer, _ = server.ask(method, path)
    assert status == expected
    assert list(answer) == ["error"]
    assert "POST /classify" in answer["error"]


def test_a_picture_of_just_the_permitted_bytes_is_taken_in_every_wrapping_and_one_more_is_413(server):
    picture = encoded(photo(), "PNG")
    for length, expected in ((MAX_BYTES, 200), (MAX_BYTES + 1, 413)):
        padded = picture + bytes(length - len(picture))
        for body, kind in ((padded, ""), form(form_file(padded)), in_json(padded)):
            assert server.ask("POST", "/classify", body, kind)[0] == expected


@pytest.mark.parametrize("kind", ["application/json", FORM])
def test_a_wrapping_without_an_end_is_413_and_takes_no_more_memory_than_a_picture_may(server, kind):
    block = b"x" * 1_000_000
    before = psutil.Process(server.process.pid).memory_info().rss
    head = f"POST /classify HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n"
    with contextlib.closing(socket.create_connection(("127.0.0.1", server.port), timeout=60)) as connection:
        connection.sendall(head.encode())
        first = form(form_file(b""))[0][:-16] if kind == FORM else b'{"image": "'
        with contextlib.suppress(ConnectionError):  # the server need not read on
            for part in (first, *[block] * 60):
                connection.sendall(b"%x\r\n%b\r\n" % (len(part), part))
        assert b" 413 " in connection.recv(1000)
    assert psutil.Process(server.process.pid).memory_info().rss - before < 4 * MAX_BYTES
    assert server.ask("POST", "/classify", encoded(photo()))[0] == 200
