"""The gate of a Jupyter server, as on Binder: who uses it has the machine, so only what Voilà's pages add is checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tornado.httputil import HTTPServerRequest
from voila.configuration import VoilaConfiguration
from voila.paths import collect_template_paths
from voila.server_extension import load_config_file

from widgets.guard.addresses import Check, Choices
from widgets.guard.gate import Gate, check_body, put_first
from widgets.guard.kernels import GuardedKernelManager
from widgets.guard.leftovers import remove_leftovers
from widgets.guard.pages import put_pages_first
from widgets.guard.refusals import Refusal
from widgets.guard.settings import Guard
from widgets.guard.template import put_front_end_first, template_paths


def load(server: Any) -> Gate:
    """Guard the pages of Voilà that `server` serves, by the same `voila.json`, and give its answers the same headers."""
    config = load_config_file() or {}
    guard = Guard(config=config)
    application = server.web_app
    base = application.settings["base_url"].rstrip("/")
    pages = [check_body, Choices(base, f"/voila/render/{guard.notebook}").check]
    gate = Gate(application, [_below(f"{base}/voila", check) for check in pages])
    if isinstance(server.kernel_manager, GuardedKernelManager):
        arguments = _arguments_of_page(server, config)
        notebook = Path(server.root_dir, guard.notebook)
        beginning = put_front_end_first(application, base, arguments["voila_configuration"], notebook)
        beginnings = {guard.notebook: beginning}
        put_pages_first(application, base, r"/voila/render/(.*)", {**arguments, "beginnings": beginnings})
    put_first(application, gate)
    headers = config.get("Voila", {}).get("tornado_settings", {}).get("headers", {})
    remove_leftovers()
    application.settings["headers"] = {**headers, **application.settings.get("headers", {})}
    return gate


def _arguments_of_page(server: Any, config: Any) -> dict[str, Any]:
    """What Voilà's own extension gives to the handler of its pages."""
    configuration = VoilaConfiguration(parent=server)
    configuration.update_config(config)
    templates = template_paths(configuration.config, collect_template_paths(["voila", "nbconvert"], configuration.template))
    return {"template_paths": templates, "config": server.config, "voila_configuration": configuration}


def _below(place: str, check: Check) -> Check:
    def only_there(request: HTTPServerRequest) -> Refusal | None:
        return check(request) if request.path.startswith(place) else None

    return only_there
