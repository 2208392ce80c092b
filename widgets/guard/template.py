"""The page's own front end in the place of Voilà's: the folder widgets/template. Another is a word away: `--template=lab`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tornado.web import Application
from traitlets.config import Config
from voila.paths import collect_static_paths
from voila.utils import get_voila_labextensions_path

from model.core import PROJECT
from widgets.guard.files import put_files_first

FOLDER = PROJECT / "widgets" / "template"
WEBSOCKETS = {"compression_level": 4, "mem_level": 6}  # the state of a page's widgets is text; photos cost little time


def template_paths(config: Config, of_voila: Iterable[str]) -> list[str]:
    """Where templates are looked for: first in ours, unless the settings name one."""
    named = "template" in config.VoilaConfiguration
    return [*of_voila] if named else [str(FOLDER), *of_voila]


def put_front_end_first(application: Application, base: str, configuration: Any) -> None:
    """Serve the files of the page, ours and those of Voilà's template, below `base`; its websockets are compressed.

    `configuration` is Voilà's: it names the template.
    """
    base, name = base.rstrip("/"), configuration.template
    of_voila: list[str | Path] = [*collect_static_paths(["voila", "nbconvert"], name)]
    places = {
        f"{base}/voila/static/": [FOLDER / "static", *of_voila],
        f"{base}/voila/templates/{name}/static/": of_voila,
        f"{base}/voila/labextensions/": get_voila_labextensions_path(configuration.extra_labextensions_path),
    }
    put_files_first(application, places)
    application.settings.setdefault("websocket_compression_options", WEBSOCKETS)
