"""The page's own front end in the place of Voilà's: the folder widgets/template. Another is a word away: `--template=lab`."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable
from pathlib import Path
from string import Template
from typing import Any

from tornado.web import Application
from traitlets.config import Config
from traitlets.config.loader import LazyConfigValue
from voila.paths import collect_static_paths
from voila.utils import get_voila_labextensions_path

from model.artifacts import example_pictures, serving_state
from model.core import PROJECT, is_public
from model.scripts import page_files
from widgets.guard.files import put_files_first

FOLDER = PROJECT / "widgets" / "template"
WEBSOCKETS = {"compression_level": 4, "mem_level": 6}  # the state of a page's widgets is text; photos cost little time


def template_paths(config: Config, of_voila: Iterable[str]) -> list[str]:
    """Where templates are looked for: first in ours, unless the settings name one."""
    named = "template" in config.VoilaConfiguration
    return [*of_voila] if named else [str(FOLDER), *of_voila]


def put_front_end_first(application: Application, base: str, configuration: Any, notebook: Path) -> bytes:
    """Serve the files of the page, ours and those of Voilà's template, below `base`; its websockets are compressed.

    `configuration` is Voilà's: it names the template. Gives how the page of `notebook` begins, to be sent before it is made;
    empty where it is made in one piece.
    """
    base, name = base.rstrip("/"), configuration.template
    static, made = page_files.place(base), page_files.make()  # a proxy may give a browser other addresses
    of_voila: list[str | Path] = [*collect_static_paths(["voila", "nbconvert"], name)]
    places = {
        static: [FOLDER / "static", *of_voila],
        f"{base}/voila/templates/{name}/static/": of_voila,
        f"{base}/voila/labextensions/": get_voila_labextensions_path(configuration.extra_labextensions_path),
    }

    def more(place: str, name: str) -> bytes | None:
        if place != static:
            return None
        return made.get(name) or example_pictures.by_public_name(serving_state.of_pages(), name)

    put_files_first(application, places, more)
    application.settings.setdefault("websocket_compression_options", WEBSOCKETS)
    beginning = _beginning(configuration, page_files.place(application.settings["base_url"]), made, notebook)
    if beginning:
        _add_resources(configuration.config.VoilaConfiguration, voilens={"begun": notebook.stem})
    return beginning


def _beginning(configuration: Any, place: str, made: Iterable[str], notebook: Path) -> bytes:
    """The page as far as no kernel is needed for it: its first words, and a target that takes photos."""
    if "template" in configuration.config.VoilaConfiguration or not notebook.is_file():
        return b""
    about = json.loads(notebook.read_text(encoding="utf-8"))["metadata"]
    if about.get("voilens", {}).get("first") != "classify":
        return b""
    built = json.loads((FOLDER / "built.json").read_text(encoding="utf-8"))
    files = {suffix: place + next(name for name in made if name.endswith(suffix)) for suffix in ("js", "css")}
    preloads = [files["js"], *(place + name for name in built["scripts"])]
    first = page_files.first_words()
    words = {
        "language": about.get("language_of_page", "en"),
        "title": about.get("title", notebook.stem),
        "heading": first["title"],
        "sentence": first["sentence"],
        "parts": "public" if is_public() else "owner",
        "light": "false" if "dark" in configuration.theme.lower() else "true",
        "style": place + built["style"],
        **files,
    }
    page = Template((FOLDER / "first.html").read_text(encoding="utf-8"))
    links = "\n".join(f'<link rel="modulepreload" href="{html.escape(address)}">' for address in preloads)
    return page.substitute({name: html.escape(text) for name, text in words.items()}, preloads=links).encode()


def _add_resources(settings: Config, **resources: Any) -> None:
    """What the template finds under `resources`, beside what the settings say already."""
    before = settings.resources
    settings.resources = {**({} if isinstance(before, LazyConfigValue) else before), **resources}
