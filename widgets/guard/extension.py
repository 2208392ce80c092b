"""The gate of a Jupyter server, as on Binder: who uses it has the machine, so only what Voilà's pages add is checked."""

from __future__ import annotations

from typing import Any

from tornado.httputil import HTTPServerRequest
from voila.server_extension import load_config_file

from widgets.guard.addresses import Check, Choices
from widgets.guard.gate import Gate, check_body, put_first
from widgets.guard.refusals import Refusal
from widgets.guard.settings import Guard


def load(server: Any) -> Gate:
    """Guard the pages of Voilà that `server` serves, by the same `voila.json`, and give its answers the same headers."""
    config = load_config_file() or {}
    guard = Guard(config=config)
    application = server.web_app
    base = application.settings["base_url"].rstrip("/")
    pages = [check_body, Choices(base, f"/voila/render/{guard.notebook}").check]
    gate = Gate(application, [_below(f"{base}/voila", check) for check in pages])
    put_first(application, gate)
    headers = config.get("Voila", {}).get("tornado_settings", {}).get("headers", {})
    application.settings["headers"] = {**headers, **application.settings.get("headers", {})}
    return gate


def _below(place: str, check: Check) -> Check:
    def only_there(request: HTTPServerRequest) -> Refusal | None:
        return check(request) if request.path.startswith(place) else None

    return only_there
