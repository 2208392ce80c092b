"""A repository that Binder runs as a public page: no torch in its image, a session within what Binder grants, its own badge.

Knows which files Binder reads and what it grants.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from model.core import PROJECT
from model.errors import BadUsage
from model.jobs import Report
from model.publishing.proof import Proof
from model.publishing.publication import Made, Published, publish, tell
from model.publishing.served_page import ServedModel, look_through, readme, title_of, write_page
from model.publishing.trial import Command, try_page
from model.publishing.trial_picture import trial_picture

GRANTED = 450_000_000  # bytes of memory that Binder guarantees a session
FILES = ("jupyter_server_config.json", "postBuild", "runtime.txt", "start")  # of the project's own, as they are
PINS = "binder/requirements.txt"
PAGE = "/voila/render/app.ipynb"
SERVER = ["-m", "jupyter_server", "--ServerApp.ip=127.0.0.1", "--port={port}", "--no-browser", "--IdentityProvider.token="]
SERVER += ["--ServerApp.password=", "--allow-root"]
NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?/[A-Za-z0-9._-]+")


def publish_binder(
    export: Path,
    out: Path,
    named: bool,
    repository: str | None = None,
    author: str | None = None,
    report: Report = lambda event: None,
) -> Published:
    """Publish an export as a repository for Binder; `repository` is its OWNER/NAME on GitHub (None: that of `out`, or of the
    project); `author` is who made it, for its card. Raises AppError.
    """
    where = _checked(repository) if repository else _of_remote(out) or _of_remote(PROJECT)
    if where is None:
        raise BadUsage(
            "The badge needs to know where the repository will be: name it as OWNER/NAME (--repository, in the page “Its "
            "repository on GitHub”), or add the remote (git remote add origin ...)."
        )
    model = ServedModel.of(export, named, author)
    picture, expected = trial_picture(export, model.classifier)

    def make(draft: Path) -> Made:
        tell(report, "writing the page", 0.1)
        write_page(draft, model, Path(PINS))
        for name in FILES:
            shutil.copy(PROJECT / "binder" / name, draft / "binder" / name)
        badge = f"[![Binder](https://mybinder.org/badge_logo.svg)]({link_to(where)})"
        says = "Drop a photo on the page that this opens; the first start takes some minutes."
        (draft / "README.md").write_text(readme(title_of(model), model, badge, says), encoding="utf-8")
        checks = look_through(draft, model)
        environment = {"VOILENS_PUBLIC": "1", "OMP_NUM_THREADS": "1", "JUPYTER_CONFIG_PATH": str(draft / "binder")}
        tried, phone = try_page(draft, PINS, Command(SERVER, PAGE, environment, GRANTED), picture, expected, report)
        steps = [
            f"Push the folder {out} as the repository {where} on GitHub (git init, git add --all, git commit, git push).",
            f"Open {link_to(where)} once: Binder builds its image, which takes some minutes.",
            "That link is the one to give away; the badge in its README.md is the same.",
        ]
        return Made(Proof([*checks, *tried]), steps, model.sha256, phone)

    return publish("A repository for Binder", out, make)


def link_to(repository: str) -> str:
    """Where Binder serves the page of a repository on GitHub."""
    return f"https://mybinder.org/v2/gh/{repository}/HEAD?urlpath={PAGE[1:]}"


def _checked(repository: str) -> str:
    if not NAME.fullmatch(repository):
        raise BadUsage(f"“{repository}” is no repository of GitHub: write OWNER/NAME (--repository).")
    return repository


def _of_remote(folder: Path) -> str | None:
    """OWNER/NAME of the remote `origin` of a folder that is a repository's own; None where it has none on GitHub."""
    if not (folder / ".git").exists():
        return None
    command = ["git", "-C", str(folder), "remote", "get-url", "origin"]
    try:
        address = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout.strip()
    except OSError:  # there is no git here
        return None
    parts = urlsplit(address if "://" in address else "ssh://" + address.replace(":", "/", 1))
    name = parts.path.strip("/").removesuffix(".git")
    return name if parts.hostname == "github.com" and NAME.fullmatch(name) else None
