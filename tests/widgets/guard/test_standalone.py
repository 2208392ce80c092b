"""Who may come in: the owner of a page by its token, on this machine; strangers where they are invited."""

from __future__ import annotations

import logging

import pytest
import traitlets as t
from jupyter_server.auth.login import LoginFormHandler
from traitlets.config import Application, Config

from widgets.guard.standalone import GuardedIdentityProvider


class Voila(Application):
    """What the identity provider sees of Voilà."""

    ip = t.Unicode("127.0.0.1")

    def provider(self, **options) -> GuardedIdentityProvider:
        return GuardedIdentityProvider(parent=self, log=self.log, login_handler_class=LoginFormHandler, **options)


@pytest.fixture
def voila(monkeypatch):
    monkeypatch.delenv("JUPYTER_TOKEN", raising=False)
    monkeypatch.delenv("JUPYTER_TOKEN_FILE", raising=False)
    return Voila()


def test_the_owner_has_a_new_token_each_time(voila):
    tokens = {voila.provider(token="").token for _ in range(2)}
    assert len(tokens) == 2
    assert all(len(token) > 40 for token in tokens)
    assert voila.provider(token="").auth_enabled


def test_a_token_that_was_given_is_taken(voila, monkeypatch):
    assert voila.provider(token="mine").token == "mine"
    monkeypatch.setenv("JUPYTER_TOKEN", "ours")
    assert voila.provider(token="").token == "ours"


def test_strangers_need_none_where_they_are_invited(voila, monkeypatch):
    monkeypatch.setenv("VOILENS_PUBLIC", "1")
    voila.ip = "0.0.0.0"
    assert voila.provider(token="mine").token == ""
    assert not voila.provider().auth_enabled


@pytest.mark.parametrize("ip", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
def test_the_owner_s_page_is_served_on_this_machine(voila, ip):
    voila.ip = ip
    assert voila.provider(token="").token


@pytest.mark.parametrize("ip", ["0.0.0.0", "", "*", "10.0.0.1", "::", "photos.example", "127.0.0.1.example"])
def test_the_owner_s_page_is_served_on_no_other_address_without_a_word(voila, ip, caplog):
    voila.ip = ip
    voila.log.addHandler(caplog.handler)
    with caplog.at_level(logging.INFO), pytest.raises(SystemExit):
        voila.provider(token="")
    assert "VOILENS_PUBLIC=1" in caplog.text
    voila.config = Config({"Guard": {"beyond_this_machine": True}})
    assert voila.provider(token="").token
