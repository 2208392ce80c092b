"""Connections to a model process: one carries several questions, and is left where that could lose one."""

from __future__ import annotations

import contextlib
import http.server
import threading
from collections.abc import Iterator

import pytest

from model.serving import hosts
from model.serving.hosts import ConnectionPool, RemoteProcess


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = str(self.client_address[1]).encode()  # another connection, another port
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        if self.path == "/last":
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        if self.path == "/gone":  # without a word of it
            self.close_connection = True

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def pool() -> Iterator[ConnectionPool]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield ConnectionPool(RemoteProcess(f"http://127.0.0.1:{server.server_port}"))
        server.shutdown()


def ask(pool: ConnectionPool, path: str = "/") -> bytes:
    with pool.connection(5.0) as connection:
        connection.request("GET", path)
        return connection.getresponse().read()


def test_a_question_that_follows_soon_goes_over_the_same_connection(pool):
    assert ask(pool) == ask(pool) == ask(pool)


def test_questions_at_the_same_time_have_their_own(pool):
    with pool.connection(5.0) as connection:
        connection.request("GET", "/")
        assert ask(pool) != connection.getresponse().read()


@pytest.mark.parametrize("path", ["/last", "/gone"])
def test_a_connection_that_the_other_side_closed_is_not_used_again(pool, path):
    first = ask(pool, path)
    if path == "/gone":
        (_, _, connection), *_ = pool._spare
        connection.sock.settimeout(5.0)
        assert connection.sock.recv(1) == b""
    assert ask(pool) != first


def test_after_a_while_another_is_made(pool, monkeypatch):
    first = ask(pool)
    monkeypatch.setattr(hosts, "FRESH_SECONDS", 0.0)
    assert ask(pool) != first


def test_one_whose_answer_was_not_heard_is_not_used_again(pool):
    with pytest.raises(TimeoutError), pool.connection(5.0) as connection:
        connection.request("GET", "/")
        raise TimeoutError
    assert connection.sock is None
    assert not pool._spare


def test_where_another_process_serves_by_now_it_is_asked(pool, monkeypatch):
    first = ask(pool)
    monkeypatch.setattr(RemoteProcess, "__str__", lambda self: "elsewhere")
    assert ask(pool) != first


def test_few_are_kept(pool):
    with contextlib.ExitStack() as stack:
        for _ in range(hosts.MOST_KEPT + 3):
            connection = stack.enter_context(pool.connection(5.0))
            connection.request("GET", "/")
            connection.getresponse().read()
    assert len(pool._spare) == hosts.MOST_KEPT
