"""A container that serves a model's public page, and the proxy before it: slim, without torch, nothing of it can be written.

Knows its files; no engine is needed here to make them, and none is run.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from model.core import PROJECT
from model.jobs import Report
from model.publishing.proof import Check, Proof
from model.publishing.publication import Made, Published, publish, tell
from model.publishing.served_page import SERVER, ServedModel, look_through, readme, title_of, write_page
from model.publishing.trial import Command, try_page
from model.publishing.trial_picture import trial_picture

TEMPLATES = Path(__file__).parent / "templates"
FILES = ("Containerfile", "compose.yaml", "nginx.conf", ".dockerignore")
PINS = "requirements.txt"
NO_ENGINE = "The image was not built: its steps were done here in a bare environment, without an engine."


def publish_container(
    export: Path, out: Path, named: bool, author: str | None = None, report: Report = lambda event: None
) -> Published:
    """Publish an export as the files of a container and of the proxy before it; `author` is who made it. Raises AppError."""
    model = ServedModel.of(export, named, author)
    picture, expected = trial_picture(export, model.classifier)

    def make(draft: Path) -> Made:
        tell(report, "writing the page", 0.1)
        write_page(draft, model, Path(PINS))
        for name in FILES:
            shutil.copyfile(TEMPLATES / name, draft / name)
        how = "`docker compose up --build`, with a certificate in `tls/` (`fullchain.pem`, `privkey.pem`), serves the page."
        (draft / "README.md").write_text(readme(title_of(model), model, how), encoding="utf-8")
        (draft / "SECURITY.md").write_bytes((PROJECT / "SECURITY.md").read_bytes())
        checks = look_through(draft, model)
        tried, phone = try_page(draft, PINS, Command(SERVER, "/", {"VOILENS_PUBLIC": "1"}), picture, expected, report)
        steps = [
            f"Copy the folder {out} to the machine that will serve it, and put its certificate into tls/ there.",
            "Start it: docker compose up --build --detach (or podman compose).",
            "The link to give away is https:// and the name that the certificate is of.",
        ]
        return Made(Proof([*checks, *tried, Check("image", None, NO_ENGINE)]), steps, model.sha256, phone)

    return publish("A container", out, make)
