"""The ways to publish, in the words that the page has for them, and the arguments of the command. Knows no widget."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from model.core import PROJECT

HOME = PROJECT / "published"


@dataclass(frozen=True)
class Way:
    """One way: `asks` says what the person is asked beside, "" for nothing."""

    key: str
    title: str
    what: str
    costs: str
    needs: str
    gives_up: str
    asks: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def arguments(self, model: str, answers: dict[str, Any]) -> list[str]:
        """Of `python -m model publish`, for the export `model`, "" for the one that serves."""
        own = ["--model", model] if model else []
        if self.asks == "examples" and answers.get("examples") is True:
            own.append("--examples")
        repository = answers.get("repository")
        if self.asks == "repository" and isinstance(repository, str) and repository.strip():
            own += ["--repository", repository.strip()]
        return [self.key, "--out", str(Path(HOME, self.key)), *own]


WAYS = (
    Way(
        key="static",
        title="A page without a server",
        what="A folder of files. The model answers in the visitor's browser, and the photo never leaves their machine.",
        costs="Nothing, for any number of visitors: GitHub Pages, or any place that shows files.",
        needs="A place for some 20 MB of files.",
        gives_up="Kinds of photo that the visitor's browser cannot open, as HEIC. The first visit loads about 10 MB.",
        asks="examples",
    ),
    Way(
        key="binder",
        title="Binder",
        what="A repository that mybinder.org starts for each visitor.",
        costs="Nothing.",
        needs="A public repository on GitHub.",
        gives_up="Speed: it starts in a minute or more, and sleeps after ten minutes without a visitor.",
        asks="repository",
    ),
    Way(
        key="container",
        title="A container",
        what="This page for strangers, as a container with a proxy before it, for Docker or Podman.",
        costs="A machine of yours, or what a host asks for one.",
        needs="Docker or Podman there, and a name for the page.",
        gives_up="Nothing of the page. Visitors' photos travel to your machine, which keeps none of them.",
    ),
)
BY_KEY = {way.key: way for way in WAYS}
