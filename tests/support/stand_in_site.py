"""A page as a published one shows itself to scripts, that answers from a table: for tests of what is proved of a page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from model.core import checksum_of

PAGE = """<!doctype html><html lang="en"><title>Stand-in</title><body><h1>Stand-in</h1>{extra}
<input type="file"><div class="vl-answer"><h2 class="vl-headline"></h2></div><script type="module">
const answers = await (await fetch("model/answers.json")).json();
if ({kept}) navigator.serviceWorker.register("sw.js");
const name = async (blob) => Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer())),
  (byte) => byte.toString(16).padStart(2, "0")).join("");
globalThis.voilens = {{ classify: async (blob) => answers[await name(blob)] }};
document.querySelector("input").addEventListener("change", async (event) => {{
  const answer = await voilens.classify(event.target.files[0]);
  document.querySelector(".vl-headline").textContent = `This is ${{answer.label}}`;
  document.querySelector(".vl-answer").dataset.state = answer.status;
}});
</script></body></html>"""
WORKER = """const files = ["./", "model/answers.json"];
self.addEventListener("install", (event) => event.waitUntil(caches.open("1").then((cache) => cache.addAll(files))));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
const give = async (request) => (await caches.match(request)) ?? fetch(request);
self.addEventListener("fetch", (event) => event.respondWith(give(event.request)));
"""


def write(folder: Path, answers: dict[bytes, dict[str, Any]], extra: str = "", kept: bool = True) -> None:
    """A page that gives these answers to these pictures; `extra` is in its body; `kept`: it works without a network."""
    (folder / "model").mkdir()
    table = {checksum_of(picture): answer for picture, answer in answers.items()}
    (folder / "model/answers.json").write_text(json.dumps(table), encoding="utf-8")
    (folder / "index.html").write_text(PAGE.format(extra=extra, kept="true" if kept else "false"), encoding="utf-8")
    (folder / "sw.js").write_text(WORKER, encoding="utf-8")
