"""The real server in public mode is asked what no page asks: all of it is refused, and it answers within 3 s after each."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from frames import frame, opening, pack, to_comm
from steps import ONCE, TOKEN
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from model.core import PROJECT
from widgets.guard import limits
from widgets.guard.handshake import PROTOCOL

pytestmark = pytest.mark.slow
SECONDS = 3.0
CLOSING_SECONDS = 15.0  # until a websocket is closed whose many messages lie before one another
STRANGER = "0b1b8a4c-6c1f-4d3c-9d5b-0c6a1a4de0aa"  # a kernel that there is not


class Visitor:
    """Somebody with a page of their own, who asks the server for other things beside."""

    def __init__(self, address: str):
        self.port = int(urlsplit(address).port or 0)
        status, body = self.ask("GET", "/", seconds=60)
        assert status == 200
        self.kernel = json.loads(re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', body, re.DOTALL)[1])["kernelId"]
        self.page = self.websocket(session="page")

    def ask(self, method: str, path: str, body: bytes = b"", seconds: float = SECONDS, **headers: str) -> tuple[int, str]:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)) as connection:
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.putrequest(method, path, skip_host="Host" in names, skip_accept_encoding=True)
            for name, value in {"Content-Length": str(len(body)), **names}.items():
                connection.putheader(name, value)
            connection.endheaders()
            with contextlib.suppress(OSError):  # it may be answered before it is sent
                connection.send(body)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")

    def websocket(self, protocol: str | None = PROTOCOL, kernel: str = "", session: str = "own", **options) -> ClientConnection:
        place = f"ws://127.0.0.1:{self.port}/api/kernels/{kernel or self.kernel}/channels?session_id={session}"
        return connect(
            place, subprotocols=[protocol] if protocol else None, open_timeout=30, close_timeout=1, max_size=None, **options
        )

    def hears(self) -> None:
        """The server and the kernel behind the page answer, on the page's own websocket too."""
        assert self.ask("GET", "/voila/static/voila.js")[0] == 200
        deadline = time.monotonic() + 5 * SECONDS
        while self.state() != "idle" and time.monotonic() < deadline:
            time.sleep(0.05)  # what this visitor's other lines sent before they were closed is dealt with first
        self.page.send(frame("kernel_info_request"))
        self.wait_for(b"kernel_info_reply")

    def state(self) -> str:
        """What the server says the kernel does."""
        status, body = self.ask("GET", f"/api/kernels/{self.kernel}")
        assert status == 200
        return json.loads(body)["execution_state"]

    def wait_for(self, words: bytes) -> bytes:
        """The next message to the page with these words."""
        deadline = time.monotonic() + SECONDS
        while words not in (message := self.page.recv(timeout=max(0.01, deadline - time.monotonic()))):
            pass
        return message

    def raw(self, sent: bytes) -> bytes:
        """What comes back to these bytes until the server closes, or for a second."""
        with contextlib.closing(socket.create_connection(("127.0.0.1", self.port), timeout=1)) as stream:
            stream.sendall(sent)
            with contextlib.suppress(OSError):
                return stream.recv(4096)
        return b""


@pytest.fixture(scope="module")
def public(serve) -> str:
    return serve("voila", "app.ipynb", "--Voila.ip=127.0.0.1", ONCE, VOILENS_PUBLIC="1")


@pytest.fixture
def visitor(public) -> Iterator[Visitor]:
    visitor = Visitor(public)
    yield visitor
    visitor.page.close()


LOOKS = [
    f"/?{name}={value}"
    for name in ("theme", "template", "voila-theme", "voila-template", "classic-tree")
    for value in ("dark", "%3Cb%3E", "..%2F..", "nothing-of-the-kind", "%00", "", "a&theme=b")
]
ELSEWHERE = [
    "/login",
    "/logout",
    "/api",
    "/api/kernels",
    "/api/kernels/",
    "/api/sessions",
    "/api/contents",
    "/api/status",
    f"/api/kernels/{STRANGER}",
    f"/api/kernels/{STRANGER}/restart",
    f"/api/kernels/{STRANGER}/channels",
    "/voila",
    "/voila/",
    "/voila/tree",
    "/voila/tree/model",
    "/voila/render/app.ipynb",
    "/voila/files/docs/page.png",
    "/voila/files/export.pkl",
    "/voila/files/../voila.json",
    "/voila/api/contents",
    "/voila/api/contents/app.ipynb",
    f"/voila/query/{STRANGER}",
    f"/voila/execution/{STRANGER}",
    f"/voila/api/shutdown/{STRANGER}",
    "/voila/static/",
    "/voila/static/../../app.py",
    "/voila/static/..%2f..%2fapp.py",
    "/voila/static/%2e%2e/%2e%2e/app.py",
    "/voila/static//etc/passwd",
    "/voila/static/nothing.js",
    "/voila/templates/nothing/static/index.css",
    "/voila/templates/lab",
    "/voila/templates/lab/static/../conf.json",
    "/voila/templates/../static/voila.js",
    "/voila/labextensions/",
    "/voila/labextensions/../../kernels/python3/kernel.json",
    "/voila/api/themes/",
    "/voila/api/themes/../voila.js",
    "/app.ipynb",
    "/voila.json",
    "/export.pkl",
    "/favicon.ico",
    "/metrics",
    "/terminals/1",
    "/lab",
    "//",
    "/%00",
    "/.git/config",
    "/" + "a" * 4000,
]


def test_no_address_but_the_page_s_own_is_answered(visitor):
    assert len(LOOKS) + len(ELSEWHERE) >= 80
    for path in [*LOOKS, *ELSEWHERE]:
        started = time.monotonic()
        status, body = visitor.ask("GET", path)
        assert status in (400, 403, 404, 405), (path, status)
        assert time.monotonic() - started < SECONDS, path
        assert "<b>" not in body and "Traceback" not in body and "site-packages" not in body, path
        assert visitor.ask("GET", "/voila/static/voila.js")[0] == 200, path
    visitor.hears()


def test_no_method_and_no_form_of_a_request_but_the_page_s_own_is_answered(visitor):
    own = f"/api/kernels/{visitor.kernel}"
    for method, path in [
        ("POST", "/"),
        ("PUT", own),
        ("DELETE", own),
        ("PATCH", own),
        ("POST", own),
        ("STRANGE", "/"),
        ("TRACE", "/"),
    ]:
        assert visitor.ask(method, path)[0] == 405, (method, path)
    for method, path in [("POST", f"{own}/restart"), ("POST", f"{own}/interrupt"), ("POST", f"/voila/api/shutdown/{STRANGER}")]:
        assert visitor.ask(method, path)[0] == 404, (method, path)
    shutdown = f"/voila/api/shutdown/{visitor.kernel}"
    assert visitor.ask("POST", shutdown, b"x" * 1_000_001)[0] == 413
    assert visitor.ask("POST", shutdown, Content_Length="99999999999999999999")[0] in (400, 413)
    for sent in (
        b"\0" * 100,
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        b"A" * 70_000 + b"\r\n\r\n",
    ):
        assert b"200 OK" not in visitor.raw(sent)
        visitor.hears()


def refused(websocket: ClientConnection) -> str:
    """Why the server closed the websocket."""
    deadline = time.monotonic() + CLOSING_SECONDS
    try:
        while True:
            websocket.recv(timeout=deadline - time.monotonic())
    except ConnectionClosed as closed:
        return closed.rcvd.reason if closed.rcvd else "cut"


def of_messages(*sent: bytes | str) -> Callable[[Visitor], str]:
    def act(visitor: Visitor) -> str:
        with visitor.websocket() as websocket:
            with contextlib.suppress(ConnectionClosed):
                for one in sent:
                    websocket.send(one)
            return refused(websocket)

    return act


def many_connections(visitor: Visitor) -> str:
    with contextlib.ExitStack() as held:
        others = [held.enter_context(visitor.websocket(session=f"s{number}")) for number in range(limits.MAX_CONNECTIONS)]
        return refused(others[-1])


def raw_frames(sent: bytes) -> Callable[[Visitor], str]:
    """Bytes in the place of frames, after a handshake as it should be."""

    def act(visitor: Visitor) -> str:
        with visitor.websocket() as websocket:
            websocket.socket.sendall(sent)
            with contextlib.suppress(Exception):
                return refused(websocket)
            return "cut"

    return act


A, B = b"\x82\xfe", b"\x82\xff"  # the first bytes of a masked binary frame whose length follows in 2, or 8, bytes
JSON = [b"{}", b"{}", b"{}", b"{}"]
SEQUENCES: dict[str, Callable[[Visitor], str]] = {
    **{
        f"the kind {kind}": of_messages(frame(kind, {"code": "1", "silent": False}))
        for kind in (
            "execute_request",
            "inspect_request",
            "complete_request",
            "history_request",
            "is_complete_request",
            "connect_request",
            "shutdown_request",
            "interrupt_request",
            "debug_request",
            "input_reply",
            "status",
            "comm_info_reply",
            "subshell_request",
            "create_subshell_request",
            "",
            "x" * 200,
        )
    },
    **{
        f"the channel {name!r}": of_messages(frame("kernel_info_request", channel=name))
        for name in ("control", "stdin", "iopub", "", "x" * 99)
    },
    **{
        f"the target {name!r}": of_messages(opening(target=name))
        for name in ("jupyter.widget", "jupyter.widget.version", "", "hub", "x" * 99)
    },
    "a comm that there is not": of_messages(to_comm("nothing")),
    "the end of a comm that there is not": of_messages(frame("comm_close", {"comm_id": "nothing"})),
    "a comm again after its end": of_messages(opening("c"), frame("comm_close", {"comm_id": "c"}), to_comm("c")),
    "many comms": of_messages(*[opening(f"c{number}") for number in range(limits.MAX_CONTROLS + 1)]),
    "text": of_messages("hello"),
    "text in JSON": of_messages(
        json.dumps({"channel": "shell", "header": {"msg_type": "execute_request"}, "content": {"code": "1"}})
    ),
    "nothing": of_messages(b""),
    "no offsets": of_messages((8).to_bytes(8, "little")),
    "offsets beyond the end": of_messages((6).to_bytes(8, "little") + b"\xff" * 48),
    "many offsets": of_messages(b"\xff" * 4096),
    "parts that overlap": of_messages(frame("kernel_info_request")[:-3]),
    "no JSON": of_messages(pack([b"{", *JSON[1:]])),
    "JSON that is a list": of_messages(pack([b"[]", *JSON[1:]])),
    "JSON nested deep": of_messages(pack([b'{"a":' * 90 + b"1" + b"}" * 90, *JSON[1:]])),
    "JSON nested without end": of_messages(pack([b"[" * 15_000, *JSON[1:]])),
    "a large header": of_messages(pack([json.dumps({"a": "x" * 20_000}).encode(), *JSON[1:]])),
    "much content": of_messages(to_comm("c", {"a": "x" * 300_000})),
    "many buffers": of_messages(frame("comm_msg", {"comm_id": "c"}, *[b"x"] * 40)),
    "a long message": of_messages(b"x" * (limits.MAX_MESSAGE + 1)),
    "a message that is not read": of_messages(b"x" * (limits.MAX_FRAME + 1)),
    "a flood": of_messages(*[frame("kernel_info_request") for _ in range(limits.POINTS_AT_ONCE)]),
    "names that are none": of_messages(frame("kernel_info_request", session="a\0b")),
    "many websockets": many_connections,
    "a frame of a wrong kind": raw_frames(b"\x8f\x80\0\0\0\0"),
    "a frame without end": raw_frames(B + b"\x7f" + b"\xff" * 7 + b"\0\0\0\0"),
    "frames that are no text": raw_frames(b"\x81\x82\0\0\0\0\xff\xff"),
}


def test_no_message_but_the_page_s_own_is_taken(visitor):
    assert len(SEQUENCES) >= 50
    for name, act in SEQUENCES.items():
        try:
            assert act(visitor), name
            visitor.hears()
        except TimeoutError:
            pytest.fail(f"no answer in time: {name}")


def test_no_websocket_of_another_protocol_origin_or_kernel_begins(visitor):
    others = [
        {"protocol": None},
        {"protocol": "v2"},
        {"origin": "http://elsewhere.example"},
        {"kernel": STRANGER},
        {"session": ""},
    ]
    for options in others:
        with pytest.raises(InvalidStatus), visitor.websocket(**options):
            pass
    visitor.hears()


def test_half_a_frame_and_a_lost_line_leave_nothing(visitor):
    for _ in range(20):
        websocket = visitor.websocket(session="lost")
        with contextlib.suppress(OSError):  # the server may have closed it by now: too many are open
            websocket.socket.sendall(A + b"\xff\xff\0\0\0\0half")
            websocket.socket.shutdown(socket.SHUT_RDWR)
    visitor.hears()


def test_a_request_that_does_not_go_on_is_closed_and_nobody_waits_for_it(visitor):
    started = time.monotonic()
    slow = [socket.create_connection(("127.0.0.1", visitor.port)) for _ in range(100)]
    for number, stream in enumerate(slow):
        body = f"POST /voila/api/shutdown/{visitor.kernel} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf"
        stream.sendall((body if number % 2 else "GET / HTTP/1.1\r\nHost: x\r\nX: half").encode())
    visitor.hears()
    for stream in slow:
        stream.settimeout(max(1.0, started + 3 * limits.HEADER_SECONDS - time.monotonic()))
        with contextlib.suppress(ConnectionResetError):
            while stream.recv(4096):
                pass
        stream.close()
    visitor.hears()


def test_the_page_itself_is_served_as_ever(visitor):
    visitor.page.send(opening("page"))
    visitor.page.send(to_comm("page"))
    assert b"vl-app" in visitor.wait_for(b"update_states")


def test_a_visitor_is_told_no_path_whatever_the_state_of_the_model(serve, tmp_path):
    nowhere = str(tmp_path / "none.pkl")
    visitor = Visitor(serve("voila", "app.ipynb", "--Voila.ip=127.0.0.1", ONCE, VOILENS_PUBLIC="1", VOILENS_MODEL=nowhere))
    heard = b""
    for number in range(20):  # until the page has asked for its model
        visitor.page.send(opening(f"c{number}"))
        visitor.page.send(to_comm(f"c{number}"))
        heard += (told := visitor.wait_for(b"update_states"))
        if b"cannot answer now" in told:
            break
        visitor.page.send(frame("comm_close", {"comm_id": f"c{number}"}))
    assert b"cannot answer now" in heard
    assert not [word for word in (nowhere.encode(), b"MODEL=", b"Traceback", str(PROJECT).encode()) if word in heard]
    visitor.page.close()


def test_the_owner_s_page_is_for_whoever_has_the_token(serve):
    port = int(urlsplit(serve("voila", "app.ipynb", "--Voila.ip=127.0.0.1", ONCE)).port or 0)
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:

        def ask(path: str, **headers: str) -> tuple[int, str, str]:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            body = answer.read().decode()
            return answer.status, body, answer.headers.get("Set-Cookie") or ""

        for path in ("/", "/?token=", "/?token=wrong", f"/api/kernels/{STRANGER}", "/voila/files/docs/page.png"):
            assert ask(path)[0] in (302, 403, 404), path
        assert "Open the link that was printed" in ask("/login?next=%2F")[1]
        assert ask(f"/?token={TOKEN}", Host="elsewhere.example")[0] == 403
        status, body, cookie = ask(f"/?token={TOKEN}")
        assert status == 200 and "jupyter-config-data" in body
        assert "HttpOnly" in cookie
        kernel = json.loads(re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', body, re.DOTALL)[1])["kernelId"]
        own = f"/api/kernels/{kernel}"
        assert ask(own)[0] == 403
        assert ask(own, Cookie=cookie.partition(";")[0])[0] == 200
