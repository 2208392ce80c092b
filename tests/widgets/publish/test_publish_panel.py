"""The Publish part without a browser: what is started, followed, shown of a proof, and told of another model."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import run_folders
from browser_messages import message

from model import jobs
from widgets.publish import PublishPanel
from widgets.publish.ways import HOME, WAYS
from widgets.shared import Project

CHECKS = [
    {"name": "opens", "passed": True, "said": "Opened."},
    {"name": "answers", "passed": None, "said": "Could not be looked at."},
]
pytestmark = pytest.mark.usefixtures("own_runs")


def result(passed: bool = True, **more) -> dict:
    return {"out": "/made/static", "proof": {"passed": passed, "checks": CHECKS}, "next": ["Copy it."], "phone": "", **more}


@pytest.fixture
def started(monkeypatch) -> list[list[str]]:
    """The arguments of every run that is started; each is going on."""
    seen: list[list[str]] = []

    def start(kind: str, arguments: list[str]) -> jobs.Run:
        seen.append([kind, *arguments])
        return jobs.Run(run_folders.make(kind, arguments, [], alive=True))

    monkeypatch.setattr(jobs, "start", start)
    return seen


def panel_after(*events: dict, model: Path | None = None, **options) -> PublishPanel:
    """A panel that has followed a run with these events."""
    run_folders.make("publish", ["static"], list(events), **options)

    async def look() -> PublishPanel:
        panel = PublishPanel(Project(model=str(model or "")))
        panel.refresh()
        await asyncio.sleep(0.5)
        panel._follower.leave()
        return panel

    return asyncio.run(look())


def test_each_way_starts_its_command_with_what_was_answered(started):
    async def publish(**told) -> None:
        panel = PublishPanel(Project(model="/mine.pkl"))
        message(panel.publisher, type="publish", **told)
        panel._follower.leave()

    asyncio.run(publish(way="static", examples=True, repository="ignored"))
    assert started == [["publish", "static", "--out", str(HOME / "static"), "--model", "/mine.pkl", "--examples"]]
    asyncio.run(publish(way="binder", repository=" me/pets "))  # the first goes on: it is looked at, none is started
    assert len(started) == 1
    assert WAYS[1].arguments("", {"repository": " me/pets "})[-2:] == ["--repository", "me/pets"]
    assert WAYS[2].arguments("", {"examples": True}) == ["container", "--out", str(HOME / "container")]


@pytest.mark.parametrize("told", [{"way": "elsewhere"}, {"way": ["static"]}, {"way": None}, {}])
def test_a_way_that_there_is_not_starts_nothing(started, told):
    message(PublishPanel(Project()).publisher, type="publish", **told)
    assert started == []


def test_a_proof_is_shown_with_what_could_not_be_looked_at_and_the_next_steps():
    shown = panel_after({"event": "done", "result": result()}).publisher
    assert (shown.state, shown.way, shown.steps) == ("proved", "static", ["Copy it."])
    assert [check["verdict"] for check in shown.checks] == ["right", "unknown"]
    assert "/made/static" in shown.sentence


def test_nothing_is_called_published_whose_proof_found_something_wrong():
    shown = panel_after({"event": "done", "result": result(passed=False)}).publisher
    assert (shown.state, shown.steps) == ("wrong", [])
    assert "something is wrong" in shown.sentence and shown.checks


def test_a_failure_is_a_sentence_and_progress_is_told():
    failed = panel_after({"event": "failed", "sentence": "npm is missing: install it."}).publisher
    assert (failed.state, failed.sentence) == ("failed", "npm is missing: install it.")
    going = panel_after({"event": "publishing", "phase": "writing the page", "done": 0.3}, alive=True, started="2026-02")
    going = going.publisher
    assert (going.state, going.sentence) == ("publishing", "Writing the page: 30 %")


def test_it_is_said_when_another_model_serves_than_the_one_published(tmp_path):
    export = run_folders.export(tmp_path)
    own = panel_after({"event": "done", "result": result(model="another")}, model=export).publisher
    assert own.stale and own.model["name"] == export.name
