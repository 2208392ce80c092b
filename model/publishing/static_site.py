"""The safe form of a model -> the folder of a page that answers wholly in the visitor's browser. Knows its manifest, no script.

`widgets/static/site.json` names the scripts, styles and words; files whose content may change carry its checksum in their
names, so that a browser never takes an old one for a new one.
"""

from __future__ import annotations

import html
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path, PurePath
from typing import Any

from model.artifacts import SafeModel, Thresholds, example_pictures, model_card, read_form
from model.core import (
    MAX_BYTES,
    MAX_JPEG_HELD,
    MAX_JPEG_PIXELS,
    MAX_JPEG_SCANS,
    MAX_PIXELS,
    PROJECT,
    checksum_of,
    listing,
    put_in_place,
)
from model.explanation import Neighbours
from model.intake import corrections
from model.publishing.icons import SIZES, icon
from model.publishing.neighbours_file import as_file
from model.scripts import program

PAGES = PROJECT / "widgets"
MANIFEST = PAGES / "static/site.json"
# The builds of onnxruntime-web, by what they run on: a module, what it loads, and a program. The second comes to those browsers
# alone that have a graphics processor, and more than one photo.
RUNTIMES = {
    "wasm": ("ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"),
    "webgpu": ("ort.jspi.min.mjs", "ort-wasm-simd-threaded.jspi.mjs", "ort-wasm-simd-threaded.jspi.wasm"),
}
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'"
)


def write_site(
    safe_form: Path,
    card: Mapping[str, Any],
    out: Path,
    runtime: Path,
    network: Path | None = None,
    examples: Sequence[tuple[str, bytes]] = (),
    neighbours: Neighbours | None = None,
) -> None:
    """Write the folder `out`, which is empty or does not exist yet, in one step.

    `safe_form` is the folder of a safe form, `card` its model card as JSON, `runtime` a folder with the files of
    onnxruntime-web that RUNTIMES names; `network` an ONNX file in the place of the form's own; `examples` pictures to click, by
    name and content; `neighbours` training pictures that visitors may see. Raises OSError, and ValueError where the form is
    damaged.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".site-") as scratch:
        made = Path(scratch, "site")
        made.mkdir()
        _Site(made).write(safe_form, card, runtime, network, examples, neighbours)
        put_in_place(made, out)


class _Site:
    """A folder that is being filled; `files` are the addresses of all of it, each with the checksum of its content."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._files: dict[str, str] = {}
        self._page: dict[str, Any] = json.loads(MANIFEST.read_text(encoding="utf-8"))

    def write(
        self,
        safe_form: Path,
        card: Mapping[str, Any],
        runtime: Path,
        network: Path | None,
        examples: Sequence[tuple[str, bytes]],
        neighbours: Neighbours | None,
    ) -> None:
        for name in chain(*RUNTIMES.values()):
            self._add(f"runtime/{name}", (runtime / name).read_bytes())
        form, own = read_form(safe_form)
        weights = own if network is None else network.read_bytes()
        model = SafeModel.load(safe_form)
        about = {
            **_about(model, card),
            "checksum": form["export"],
            "runtimes": {provider: self._part(f"runtime/{program}") for provider, (*_, program) in RUNTIMES.items()},
            "network": self._part(self._add_named("model/network.onnx", weights)),
            "neighbours": neighbours and self._part(self._add_named("model/neighbours.bin", as_file(neighbours))),
            "examples": [
                {
                    "file": self._add(f"examples/{number}{_ending(name)}", content),
                    "name": PurePath(name).name,
                    "label": example_pictures.label_of(name, model.labels),
                }
                for number, (name, content) in enumerate(examples, start=1)
            ],
        }
        self._add("model/model.json", json.dumps(about, ensure_ascii=False, indent=1))
        self._write_page(about)

    def _write_page(self, about: dict[str, Any]) -> None:
        workers = {
            provider: self._add_named(f"worker-{provider}.js", program(self._page["worker"], PAGES, f"./runtime/{module}"))
            for provider, (module, *_) in RUNTIMES.items()
        }
        page = program(self._page["page"], PAGES, about=about, workers=workers, keeper="sw.js")
        style = "\n".join((PAGES / name).read_text(encoding="utf-8") for name in self._page["styles"])
        icons = {size: self._add_named(f"icon-{size}.png", icon(size)) for size in SIZES}
        words = {Path(name).parts[0]: json.loads((PAGES / name).read_text(encoding="utf-8")) for name in self._page["words"]}
        title, sentence = words["shared"]["intro"]["title"], words["shared"]["intro"]["sentence"]
        sentence = sentence.format(classes=listing(about["classes"]))
        values = {
            "policy": POLICY,
            "title": html.escape(title),
            "sentence": html.escape(sentence),
            "no_script": html.escape(words["static"]["no_script"]),
            "icon": icons[SIZES[0]],
            "style": self._add_named("style.css", style),
            "page": self._add_named("page.js", page),
        }
        template = (PAGES / self._page["template"]).read_text(encoding="utf-8")
        self._add("manifest.webmanifest", json.dumps(_web_manifest(title, sentence, icons), ensure_ascii=False))
        self._add("index.html", template.format(**values))
        edition = checksum_of(json.dumps(self._files, sort_keys=True).encode())
        later = {workers["webgpu"], *(f"runtime/{name}" for name in RUNTIMES["webgpu"])}
        addresses = self._files.keys() - {"index.html"} - later | {"./"}  # a host may lead away from index.html
        kept = {"files": sorted(addresses), "later": sorted(later)}
        self._add("sw.js", program(self._page["keeper"], PAGES, **kept, edition=edition[:16]))

    def _add(self, name: str, content: bytes | str) -> str:
        """Write a file, give its address."""
        content = content.encode() if isinstance(content, str) else content
        (self._folder / name).parent.mkdir(exist_ok=True)
        (self._folder / name).write_bytes(content)
        self._files[name] = checksum_of(content)
        return name

    def _add_named(self, name: str, content: bytes | str) -> str:
        """Write a file under a name that says which content it has."""
        path, content = PurePath(name), content.encode() if isinstance(content, str) else content
        return self._add(path.with_stem(f"{path.stem}-{checksum_of(content)[:12]}").as_posix(), content)

    def _part(self, name: str) -> dict[str, Any]:
        """A file as the page's downloads.js needs to know it."""
        return {"file": name, "bytes": (self._folder / name).stat().st_size, "sha256": self._files[name]}


def _about(model: SafeModel, card: Mapping[str, Any]) -> dict[str, Any]:
    """What the page must know to frame a photo and to judge what the network says of it; of the card, what is for people."""
    assert model.network, "it has been loaded"
    return {
        "classes": model.labels,
        "framing": model.framing.to_json(),
        "outputs": model.network.outputs,
        "thresholds": asdict(Thresholds.of(card)),
        "limits": {
            "bytes": MAX_BYTES,
            "pixels": MAX_PIXELS,
            "jpeg_pixels": MAX_JPEG_PIXELS,
            "jpeg_held": MAX_JPEG_HELD,
            "jpeg_scans": MAX_JPEG_SCANS,
        },
        "card": model_card.for_people(card),
        "corrections": {
            "format": corrections.FORMAT,
            "version": corrections.VERSION,
            "photos": corrections.MAX_PHOTOS,
            "bytes": corrections.MAX_FILE,
        },
    }


def _ending(name: str) -> str:
    """The ending that an example keeps: letters and digits alone."""
    ending = PurePath(name).suffix.lower()
    return ending if ending[1:].isalnum() and ending.isascii() else ".jpg"


def _web_manifest(title: str, sentence: str, icons: Mapping[int, str]) -> dict[str, Any]:
    """What a browser needs to install the page."""
    return {
        "name": title,
        "short_name": title,
        "description": sentence,
        "start_url": ".",
        "scope": ".",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0b5cad",
        "icons": [
            {"src": name, "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
            for size, name in icons.items()
            for purpose in ("any", "maskable")
        ],
    }
