"""The Publish part without a browser: what is started, followed, shown of a proof, and told of another model."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

import pytest
import run_folders
from browser_messages import message

from model import cluster, jobs
from model.commands import publish as command
from widgets.publish import PublishPanel
from widgets.publish.publisher import Publisher
from widgets.publish.ways import AUTHOR, BY_KEY, HOME, WAYS
from widgets.shared import WORDS, Project

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


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser()
    command.add(made.add_subparsers())
    return made


def choices(made: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The parsers below one."""
    (below,) = [action.choices for action in made._actions if isinstance(action, argparse._SubParsersAction)]
    return below


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

    asyncio.run(publish(way="static", answers={"examples": True, "repository": "ignored", "author": "Ann"}))
    own = ["--model", "/mine.pkl", "--examples"]
    assert started == [["publish", "static", *own, "--out", str(HOME / "static"), "--author", "Ann"]]
    asyncio.run(publish(way="binder", answers={}))  # the first goes on: it is looked at, none is started
    assert len(started) == 1


@pytest.mark.parametrize(
    ("way", "answers", "options"),
    [
        ("static", {"data": "digits"}, ["--data", "digits"]),
        ("static", {"data": " /my pets ", "labels": "~/pets.csv"}, ["--data", "/my pets", "--labels", "HOME/pets.csv"]),
        ("binder", {"repository": " me/pets ", "examples": True}, ["--repository", "me/pets"]),
        ("container", {"out": "/srv/pets", "author": " "}, ["--out", "/srv/pets"]),
        ("ray", {"author": "Ann & Bob", "data": "ignored"}, ["--author", "Ann & Bob"]),
        ("ray", {"author": 3, "out": None}, []),
    ],
)
def test_what_is_answered_becomes_options_that_the_command_takes(way, answers, options):
    arguments = BY_KEY[way].arguments("", answers)
    out = [] if "--out" in options else ["--out", str(HOME / way)]
    assert sorted(arguments) == sorted([way, *(part.replace("HOME", str(Path.home())) for part in options), *out])
    assert parser().parse_args(["publish", *arguments]).run


@pytest.mark.parametrize("author", ["-x", "a\nb", "\0", "\ud800", "x" * 1001])
def test_an_answer_that_is_none_is_told_and_starts_nothing(started, author):
    panel = PublishPanel(Project())
    message(panel.publisher, type="publish", way="ray", answers={"author": author})
    assert started == []
    assert (panel.publisher.state, panel.publisher.way) == ("failed", "ray")
    assert "cannot be taken for “Who made it”: write one line" in panel.publisher.sentence


def test_every_way_of_the_command_line_is_there_with_all_that_it_asks():
    parsers = choices(choices(parser())["publish"])
    assert set(BY_KEY) == set(parsers) == set(WORDS["made"])
    for way in WAYS:
        options = {option for action in parsers[way.key]._actions for option in action.option_strings}
        asked = {question.option for question in (*way.asks, AUTHOR)}
        assert options - asked == {
            "-h",
            "--help",
            "--json",
            "--model",
            "--run",
            *(["--pictures"] if way.key == "static" else []),
        }


def test_where_there_is_no_ray_its_way_says_so_and_what_to_do(monkeypatch):
    monkeypatch.setattr(cluster, "is_installed", lambda: False)
    assert {way["key"]: way["missing"] for way in Publisher().ways} == {
        "static": "",
        "binder": "",
        "container": "",
        "ray": f"{cluster.NOT_INSTALLED} Without it the folder is made, but nothing is started to try it.",
    }
    monkeypatch.setattr(cluster, "is_installed", lambda: True)
    assert not any(way["missing"] for way in Publisher().ways)


@pytest.mark.parametrize("told", [{"way": "elsewhere"}, {"way": ["static"]}, {"way": None}, {}])
@pytest.mark.parametrize("kind", ["publish", "look"])
def test_a_way_that_there_is_not_starts_nothing(started, kind, told):
    message(PublishPanel(Project()).publisher, type=kind, **told)
    assert started == []


def test_a_proof_is_shown_with_what_could_not_be_looked_at_and_the_next_steps():
    shown = panel_after({"event": "done", "result": result()}).publisher
    assert (shown.state, shown.way, shown.steps) == ("proved", "static", ["Copy it."])
    assert [check["verdict"] for check in shown.checks] == ["right", "unknown"]
    assert shown.sentence.startswith("The page without a server is made, and nothing is wrong with what could be looked at")
    assert "/made/static" in shown.sentence


def test_what_was_proved_throughout_is_called_proved():
    whole = {"passed": True, "checks": [{**check, "passed": True} for check in CHECKS]}
    panel = panel_after({"event": "done", "result": {**result(), "proof": whole}})
    assert panel.publisher.sentence == "The page without a server is made and proved. It lies in /made/static."
    panel.publisher.way = "binder"
    panel._show({**result(), "proof": whole})
    assert panel.publisher.sentence.startswith("The repository for Binder is made and proved.")
    message(panel.publisher, type="publish", way="ray", answers={"author": "-"})
    assert (panel.publisher.state, panel.publisher.checks, panel.publisher.steps) == ("failed", [], [])


def test_each_way_says_what_came_of_it_last_and_shows_its_proof_when_asked():
    done = {"event": "done", "result": result()}
    wrong = {"event": "done", "result": {**result(passed=False), "next": []}}
    run_folders.make("publish", ["static", "--author", "Ann", "--out", "/made/static"], [done], started="2026-01-01T10:00:00")
    run_folders.make("publish", ["elsewhere"], [done], started="2026-01-01T11:00:00")
    run_folders.make("publish", ["binder", "--repository", "me/pets", "--author", "Bo"], [wrong], started="2026-01-01T12:00:00")
    run_folders.make("publish", ["static"], [{"event": "failed", "sentence": "No."}], started="2026-01-01T09:00:00")

    async def look() -> PublishPanel:
        panel = PublishPanel(Project())
        panel.refresh()
        await asyncio.sleep(0.5)
        assert (panel.publisher.way, panel.publisher.state) == ("binder", "wrong")
        message(panel.publisher, type="look", way="static")
        message(panel.publisher, type="look", way="ray")  # which was never taken
        await asyncio.sleep(0.5)
        panel.refresh()  # by going to another part and back
        return panel

    shown = asyncio.run(look()).publisher
    assert (shown.way, shown.state, shown.steps) == ("static", "proved", ["Copy it."])
    assert shown.past == {
        "static": "Made 1 Jan, 10:00: nothing was found wrong.",
        "binder": "Tried 1 Jan, 12:00: something was wrong.",
    }
    assert shown.answers == {
        "": {"author": "Bo"},
        "static": {"out": "/made/static"},
        "binder": {"repository": "me/pets"},
    }


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
