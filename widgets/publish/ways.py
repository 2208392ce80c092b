"""The ways to publish, in the words that the page has for them, and the arguments of the command. Knows no widget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from model import cluster
from model.core import PROJECT
from model.jobs import Run
from widgets.publish.questions import Question
from widgets.shared import WORDS

HOME = PROJECT / "published"
UNTRIED = "Without it the folder is made, but nothing is started to try it."
AUTHOR = Question(
    "author",
    "--author",
    "Who made it",
    hint="A name, as “About this model” is to say it; empty: nobody is named.",
    folded=False,
    stays=True,
)
EXAMPLES = Question(
    "examples",
    "--examples",
    "Show six of the pictures that it was measured on, for visitors to click. Anybody will see them.",
    kind="yes",
    folded=False,
)
DATA = Question(
    "data",
    "--data",
    "The pictures to compare answers on",
    kind="place",
    hint="A folder; empty: the validation pictures of its training.",
)
LABELS = Question("labels", "--labels", "Their labels, where a CSV has them", kind="place", hint="Empty: class folders do.")
REPOSITORY = Question(
    "repository",
    "--repository",
    "Its repository on GitHub",
    hint="owner/name; empty: where this folder was cloned from.",
    folded=False,
    stays=True,
)


@dataclass(frozen=True)
class Way:
    """One way; `own` is what the person is asked beside what every way asks."""

    key: str
    title: str
    what: str
    costs: str
    needs: str
    gives_up: str
    own: tuple[Question, ...] = ()

    @property
    def makes(self) -> str:
        """What comes of it."""
        return str(WORDS["made"][self.key])

    @property
    def asks(self) -> tuple[Question, ...]:
        """What the person may say about this way."""
        place = Question("out", "--out", "The folder that it is put into", "place", default=str(HOME / self.key), stays=True)
        return (*self.own, place)

    def to_json(self) -> dict[str, Any]:
        """As the page's script needs it; `missing` says what is not installed for it."""
        told = {name: getattr(self, name) for name in ("key", "title", "makes", "what", "costs", "needs", "gives_up")}
        missing = f"{cluster.NOT_INSTALLED} {UNTRIED}" if self.key == "ray" and not cluster.is_installed() else ""
        return {**told, "asks": [each.to_json() for each in self.asks], "missing": missing}

    def arguments(self, model: str, answers: Mapping[str, Any]) -> list[str]:
        """Of `python -m model publish`, for the export `model`, "" for the one that serves. Raises BadUsage."""
        own = ["--model", model] if model else []
        return [self.key, *own, *(part for each in (*self.asks, AUTHOR) for part in each.arguments(answers.get(each.name)))]

    def answers_in(self, run: Run) -> dict[str, str]:
        """What was said of this way when a run was started, as far as it stays."""
        said = {each: run.option(each.option) for each in self.asks if each.stays}
        return {each.name: text for each, text in said.items() if text and text != each.default}


WAYS = (
    Way(
        key="static",
        title="A page without a server",
        what="A folder of files. The model answers in the visitor's browser, and the photo never leaves their machine.",
        costs="Nothing, for any number of visitors: GitHub Pages, or any place that shows files.",
        needs="A place for some 40 MB of files.",
        gives_up="Kinds of photo that the visitor's browser cannot open, as HEIC. The first visit loads about 11 MB.",
        own=(EXAMPLES, DATA, LABELS),
    ),
    Way(
        key="binder",
        title="Binder",
        what="A repository that mybinder.org starts for each visitor.",
        costs="Nothing.",
        needs="A public repository on GitHub.",
        gives_up="Speed: it starts in a minute or more, and sleeps after ten minutes without a visitor.",
        own=(REPOSITORY,),
    ),
    Way(
        key="container",
        title="A container",
        what="This page for strangers, as a container with a proxy before it, for Docker or Podman.",
        costs="A machine of yours, or what a host asks for one.",
        needs="Docker or Podman there, and a name for the page.",
        gives_up="Nothing of the page. Visitors' photos travel to your machine, which keeps none of them.",
    ),
    Way(
        key="ray",
        title="Ray Serve",
        what="This page for strangers, and the model beside it in replicas, which Ray starts and ends as photos come and go.",
        costs="A machine of yours, or several, or what a host asks for them.",
        needs="Python and Ray there. Worth it where one model is too slow for all visitors.",
        gives_up="Simplicity: there is more to start and to guard. Visitors' photos travel to your machines, which keep none.",
    ),
)
BY_KEY = {way.key: way for way in WAYS}
