"""The gate and the token of `voila app.ipynb`.

Voilà asks its identity provider for handlers of its own, once, before it adds its own: here the gate is put in front of
everything, and the server that listens gets its limits.
"""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import Any

from jupyter_server.auth.identity import PasswordIdentityProvider
from jupyter_server.utils import url_path_join
from tornado.ioloop import IOLoop
from tornado.web import Application

from model.core import is_public
from widgets.guard.addresses import Addresses, Choices
from widgets.guard.gate import Gate, check_body, put_first
from widgets.guard.handshake import Handshakes
from widgets.guard.leftovers import remove_leftovers
from widgets.guard.limits import BODY_SECONDS, HEADER_SECONDS, MAX_BODY, MAX_FRAME, MAX_HEADERS
from widgets.guard.logs import keep_discreet
from widgets.guard.names import Names, is_of_this_machine
from widgets.guard.opening import open_page
from widgets.guard.pages import put_pages_first
from widgets.guard.refusals import Refusal, RefusalHandler, log_request
from widgets.guard.settings import Guard, Served
from widgets.guard.template import put_front_end_first, template_paths

ASK_FOR_LINK = Refusal(
    403,
    "a request without the owner's token",
    "This page is its owner's",
    "Open the link that was printed where it was started: it ends in token= and a long number.",
)


class GuardedIdentityProvider(PasswordIdentityProvider):
    """The owner has a token; strangers, where they are served, have none and need none."""

    def __init__(self, **kwargs: Any):
        self.guard = Guard(parent=kwargs["parent"])
        self.served = Served.PUBLIC if is_public() else Served.OWNER
        if self.served is Served.OWNER and not kwargs.get("token"):
            kwargs.pop("token", None)  # Voilà gives an empty one unless it is told --token: Jupyter's default makes one
        if self.served is Served.PUBLIC:
            kwargs["token"] = ""
        super().__init__(**kwargs)
        self._check_address()

    def get_handlers(self) -> list[Any]:
        """What Voilà adds to its own handlers; the gate is put before all of them."""
        voila: Any = self.parent
        application: Application = voila.app
        place = "/" if voila.notebook_path else r"/voila/render/(.*)"
        voila.template_paths = template_paths(voila.config, voila.template_paths)  # for the pages made ready, too
        notebook = Path(voila.notebook_path or Path(voila.root_dir, self.guard.notebook))
        beginning = put_front_end_first(application, voila.server_url, voila.voila_configuration, notebook)
        beginnings = {os.path.relpath(notebook, voila.root_dir): beginning}
        put_pages_first(application, voila.server_url, place, {**_arguments_of_page(voila), "beginnings": beginnings})
        guard(voila, self.guard, self.served)
        _limit_connections(application)
        remove_leftovers()
        if voila.open_browser:
            voila.open_browser = False  # Voilà's own way knows no token
            IOLoop.current().add_callback(open_page, voila)  # once it listens
        login = (url_path_join(voila.server_url, "/login"), RefusalHandler, {"refusal": ASK_FOR_LINK})
        return [] if self.served is Served.PUBLIC else [login]

    def _check_address(self) -> None:
        voila: Any = self.parent
        if self.served is Served.PUBLIC or is_of_this_machine(voila.ip) or self.guard.beyond_this_machine:
            return
        voila.log.critical(
            "The owner's page is served on this machine alone, not on %s: leave out --Voila.ip. To serve strangers, who see "
            "Classify and Label alone, set VOILENS_PUBLIC=1. To reach your own page from other machines, add "
            "--Guard.beyond_this_machine=True and the name it has there, --Guard.names=NAME.",
            voila.ip or "every address",
        )
        voila.exit(1)


def guard(voila: Any, settings: Guard, served: Served) -> Gate:
    """Put the gate before all handlers of Voilà's own server."""
    base = voila.server_url
    page = "/" if voila.notebook_path else f"/voila/render/{settings.notebook}"
    checks: list[Any] = [check_body, Choices(base, page).check, Handshakes(base, voila.kernel_manager).check]
    if served is Served.PUBLIC:
        checks.insert(0, Addresses(base, page).check)
    else:
        checks.insert(0, Names(settings.names).check)
    gate = Gate(voila.app, checks)
    put_first(voila.app, gate)
    keep_discreet(voila.log)
    voila.app.settings["log_function"] = log_request
    voila.app.settings["websocket_max_message_size"] = MAX_FRAME
    voila.app.settings["guard"] = gate
    return gate


def _arguments_of_page(voila: Any) -> dict[str, Any]:
    """What Voilà gives to the handler of its page."""
    notebook = {"notebook_path": os.path.relpath(voila.notebook_path, voila.root_dir)} if voila.notebook_path else {}
    of_templates = {"template_paths": voila.template_paths, "config": voila.config}
    return {**notebook, **of_templates, "voila_configuration": voila.voila_configuration}


def _limit_connections(application: Application) -> None:
    """Voilà listens without limits of its own and takes none from its settings: it gets them here."""
    application.listen = functools.partial(  # type: ignore[method-assign]
        application.listen,
        max_header_size=MAX_HEADERS,
        max_body_size=MAX_BODY,
        body_timeout=BODY_SECONDS,
        idle_connection_timeout=HEADER_SECONDS,
    )
