"""Replicas of Ray Serve answer as Python does, and a replica that is killed costs no answer: a real Ray on this machine."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import safe_forms
from PIL import Image
from samples import encoded

from model import client, cluster
from model.classifier import Classifier
from model.client import connect
from model.errors import BadUsage
from model.serving import on_this_machine

needs_ray = pytest.mark.skipif(not cluster.is_installed(), reason=cluster.NOT_INSTALLED)
VISITORS, KILLS = 8, 4
PICTURES = [encoded(Image.new("RGB", (320, 240), (40 * red, 40 * green, 120))) for red in range(6) for green in range(6)]


@pytest.fixture(scope="module")
def form(tmp_path_factory) -> Path:
    return safe_forms.with_card(tmp_path_factory.mktemp("forms") / "colours")


@pytest.fixture(scope="module")
def replicas(form) -> Iterator:
    from replicas import LocalReplicas

    started = LocalReplicas(form, count=2)
    yield started
    started.end()


@pytest.fixture
def asking(replicas, monkeypatch) -> client.Client:
    """A client of the replicas once they are there."""
    monkeypatch.setenv("VOILENS_URL", replicas.url)
    deadline = time.monotonic() + 180
    while True:
        assert replicas.process.poll() is None
        with contextlib.suppress(client.AppError):
            connect().ready()
            break
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return connect()


@needs_ray
@pytest.mark.slow
def test_replicas_answer_as_python_does_and_say_what_they_are(asking, form):
    classifier = Classifier.load(form)
    assert asking.card()["classes"] == classifier.vocab
    for picture, expected in zip(PICTURES, classifier.classify(PICTURES), strict=True):
        found = asking.classify(picture)
        assert (found.label, found.status) == (expected.label, expected.status)
        assert found.probabilities == pytest.approx(expected.probabilities, abs=1e-6)


@needs_ray
@pytest.mark.slow
def test_nothing_of_it_listens_beyond_this_machine(asking, replicas):
    listening = {place.ip.removeprefix("::ffff:") for place in replicas.listening()}
    assert listening == {"127.0.0.1"}


@needs_ray
@pytest.mark.slow
def test_replicas_killed_under_load_cost_no_answer_and_no_wrong_one(asking, form, replicas):
    expected = [answer.probabilities for answer in Classifier.load(form).classify(PICTURES)]
    over, asked, lost = threading.Event(), [0] * VISITORS, []

    def visit(number: int) -> None:
        own = connect()
        while not over.is_set():
            place = (number + asked[number]) % len(PICTURES)
            try:
                found = own.classify(PICTURES[place]).probabilities
                assert found == pytest.approx(expected[place], abs=1e-6)
            except Exception as error:
                lost.append(error)
            asked[number] += 1

    with ThreadPoolExecutor(VISITORS) as visitors:
        visits = [visitors.submit(visit, number) for number in range(VISITORS)]
        try:
            for kill in range(KILLS):
                deadline = time.monotonic() + 180
                while len(found := replicas.found()) < 2:
                    assert time.monotonic() < deadline, "it was not replaced"
                    time.sleep(0.2)
                before = sum(asked)
                for process in found[: 1 + kill % 2]:  # one, then both at once
                    process.kill()
                while sum(asked) < before + 10 * VISITORS:
                    assert time.monotonic() < deadline, "nobody is answered any more"
                    time.sleep(0.2)
        finally:
            over.set()
        for each in visits:
            each.result(180)
    assert lost == []


@needs_ray
def test_a_configuration_of_something_else_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "serve.yaml").write_text("applications: []")
    for file in ("serve.yaml", "nowhere.yaml"):
        with pytest.raises(BadUsage, match="publish again"):
            on_this_machine.configured(tmp_path / file)


def test_without_ray_a_sentence_says_how_to_get_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("model.cluster.local.is_installed", lambda: False)
    monkeypatch.setattr(on_this_machine, "is_installed", lambda: False)
    with pytest.raises(BadUsage, match="pip install"), cluster.local_ray():
        pass
    assert on_this_machine.main([str(tmp_path / "serve.yaml")]) == 1
    assert "pip install" in capsys.readouterr().err
