"""A model behind Ray Serve: replicas of its model process, on one machine or many, and the page that asks them.

Knows its files; how replicas are run, Ray knows.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from model.core import PROJECT
from model.jobs import Report
from model.publishing.proof import Proof
from model.publishing.publication import Made, Published, publish, tell
from model.publishing.replicas_trial import CONFIG, try_replicas
from model.publishing.replicas_trial import PINS as RAY_PINS
from model.publishing.served_page import FORM, ServedModel, look_through, readme, title_of, write_page
from model.publishing.trial_picture import trial_pictures
from model.serving import RAY_SETTINGS

TEMPLATES = Path(__file__).parent / "templates"
PINS = "requirements.txt"
HERE = "RAY_USAGE_STATS_ENABLED=0 python -m model.serving.on_this_machine serve.yaml"
PAGE = f"VOILENS_URL=http://127.0.0.1:8000 VOILENS_PUBLIC=1 VOILENS_MODEL={FORM} voila app.ipynb --no-browser"
SETTINGS = " ".join(f"{name}={value}" for name, value in RAY_SETTINGS.items())
PARAGRAPHS = (
    "The model answers in replicas, which Ray Serve starts, ends and replaces; the page asks them by `VOILENS_URL`.",
    f"On one machine: `pip install -r {RAY_PINS}`, then `{HERE}` in this folder. It answers this machine alone.",
    "On many: copy this folder to the same place on each, install the same, and start Ray there with this folder as "
    "`PYTHONPATH` (`ray start --head --disable-usage-stats`, then `ray start --address=...`); then `serve deploy serve.yaml`, "
    "whose comments say what to change. Whoever reaches a Ray can run programs in it: keep its ports in a private network, and "
    f"set `RAY_AUTH_MODE=token`. With `{SETTINGS}` set, too, photos go to replicas with their requests, and more are answered.",
    f"The page, on any machine that reaches the replicas: `pip install -r {PINS}`, then `{PAGE}`. As many machines may "
    "serve it as there are visitors for; put a proxy before it, as SECURITY.md says, which keeps a visitor with one of them.",
)


def publish_ray(
    export: Path, out: Path, named: bool, author: str | None = None, report: Report = lambda event: None
) -> Published:
    """Publish an export as a page and the replicas of Ray Serve that it asks; `author` is who made it. Raises AppError."""
    model = ServedModel.of(export, named, author)
    pictures = trial_pictures(export, model.classifier)

    def make(draft: Path) -> Made:
        tell(report, "writing the page", 0.1)
        write_page(draft, model, Path(PINS))
        for name in (CONFIG, RAY_PINS):
            shutil.copyfile(TEMPLATES / name, draft / name)
        (draft / "README.md").write_text(readme(title_of(model), model, *PARAGRAPHS), encoding="utf-8")
        (draft / "SECURITY.md").write_bytes((PROJECT / "SECURITY.md").read_bytes())
        checks = look_through(draft, model)
        tried, phone = try_replicas(draft, pictures, report)
        steps = [
            f"Copy the folder {out} to the machine that will serve it, and install there: pip install -r {RAY_PINS}",
            f"Start the replicas in that folder: {HERE}",
            f"Start the page in that folder: {PAGE}",
            "For more than one machine, and for a name of its own, go on with the README.md in it.",
        ]
        return Made(Proof([*checks, *tried]), steps, model.sha256, phone)

    return publish("A page with replicas by Ray Serve", out, make)
