"""What is published is proved in a real Chromium: a page that answers otherwise, leaves its folder or is not kept is found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import safe_forms
import stand_in_site
from kept_runtime import kept_runtime
from samples import encoded, photo

from model.__main__ import main
from model.core import PROJECT
from model.publishing import browser, static
from model.publishing.browser import look, upload_to
from model.publishing.local_server import LocalServer
from model.publishing.site_checks import check_looked
from model.types import Prediction

PICTURES = [(f"{number}.jpg", encoded(photo(seed=number), "JPEG")) for number in range(2)]
EXPECTED = [
    Prediction("glass", 0.9, {"glass": 0.9, "paper": 0.1}, "sure", 0.1),
    Prediction("paper", 0.6, {"glass": 0.4, "paper": 0.6}, "unsure", 0.1),
]
RIGHT = {content: answer.to_json() for (_, content), answer in zip(PICTURES, EXPECTED, strict=True)}


def proved(site) -> dict[str, tuple[bool | None, str]]:
    return {
        check.name: (check.passed, check.said) for check in check_looked(look(site, PICTURES), EXPECTED, site, ["answers.json"])
    }


def test_a_page_that_does_as_it_should_passes(tmp_path):
    stand_in_site.write(tmp_path, RIGHT)
    found = proved(tmp_path)
    assert [name for name, (passed, _) in found.items() if not passed] == []
    assert "This is glass" in found["opens"][1]
    assert "2 of 2 pictures got the class" in found["answers"][1]


@pytest.fixture
def impatient(monkeypatch):
    """What never comes is waited for shortly."""
    monkeypatch.setattr(browser, "SECONDS", 8)


@pytest.mark.slow
def test_other_answers_a_wrong_path_and_a_page_that_is_not_kept_are_found(tmp_path, impatient):
    wrong = {
        **RIGHT,
        PICTURES[1][1]: {**EXPECTED[1].to_json(), "label": "glass", "probabilities": {"glass": 0.6, "paper": 0.4}},
    }
    stand_in_site.write(tmp_path, wrong, extra='<img src="/logo.png"><img src="no.png">', kept=False)
    found = proved(tmp_path)
    passed, said = found["answers"]
    assert (passed, said.partition(" that")[0]) == (False, "1 of 2 pictures got the class")
    assert "0.2000: too much to be the same model" in said
    assert found["stays inside"] == (False, "The page asked for /logo.png, which is outside its folder.")
    assert found["works without a network"][0] is False


def test_an_address_of_another_host_is_found_and_nothing_is_sent_there(tmp_path):
    stand_in_site.write(tmp_path, RIGHT, extra='<img src="http://elsewhere.example/pixel.png">')
    asked = "The page asked for http://elsewhere.example/pixel.png"
    assert proved(tmp_path)["stays inside"] == (False, f"{asked}, which is outside its folder.")


@pytest.mark.slow
def test_a_page_that_breaks_is_told_with_its_own_words(tmp_path, impatient):
    stand_in_site.write(tmp_path, {}, extra="<script>throw new Error('out of order')</script>")
    (tmp_path / "model/answers.json").write_text(json.dumps({}))
    passed, said = proved(tmp_path)["opens"]
    assert passed is False
    assert "out of order" in said


def test_the_page_is_served_below_a_path_and_nowhere_else(tmp_path):
    stand_in_site.write(tmp_path, RIGHT)
    server = LocalServer(tmp_path)
    try:
        headline, phone = upload_to(server.address, *PICTURES[0])
    finally:
        server.stop()
    assert headline == "This is glass"
    assert phone.startswith(b"\x89PNG")
    assert server.asked.outside == []


@pytest.fixture
def form(tmp_path_factory, monkeypatch) -> Path:
    """A safe form with its card; the runtime that this machine keeps is in the tests' cache."""
    monkeypatch.setattr(static, "browser_runtime", kept_runtime)
    return safe_forms.with_card(tmp_path_factory.mktemp("forms") / "colours")


def test_one_command_publishes_a_model_and_proves_it(form, tmp_path, capsys):
    status = main(["publish", "static", "--model", str(form), "--out", str(tmp_path / "site"), "--json"])
    result = json.loads(capsys.readouterr().out)
    assert status == 0
    assert {"out", "files", "bytes", "proof"} <= set(result)
    checks = {check["name"]: check for check in result["proof"]["checks"]}
    assert [name for name, check in checks.items() if not check["passed"]] == []
    assert checks["answers"]["figures"]["same_class"] == 6
    assert sorted(file.name for file in tmp_path.iterdir()) == ["site", "site-report"]
    report = json.loads((tmp_path / "site-report/publish-report.json").read_text())
    assert report["proof"] == result["proof"]
    assert "data:image/png" in (tmp_path / "site-report/publish-report.html").read_text()


def test_without_a_browser_the_page_is_published_and_the_report_says_what_was_not_looked_at(form, tmp_path, monkeypatch):
    monkeypatch.setattr(static, "why_no_browser", lambda: "there is no Chromium here")
    done = static.publish_static(form, tmp_path / "site", named=True)
    unseen = {check.name: check.said for check in done.proof.checks if check.passed is None}
    assert set(unseen) == {"opens", "stays inside", "answers", "works without a network", "download", "memory"}
    assert "there is no Chromium here" in unseen["opens"]
    assert (tmp_path / "site/index.html").is_file()


@pytest.mark.slow
def test_the_shipped_model_is_published_in_half_precision_and_answers_as_in_python(tmp_path, shipped_model, monkeypatch):
    monkeypatch.setattr(static, "browser_runtime", kept_runtime)
    done = static.publish_static(PROJECT / "export.pkl", tmp_path / "site", named=True)
    checks = {check.name: check for check in done.proof.checks}
    assert done.proof.wrong == []
    assert checks["network"].figures["precision"] == "half"
    assert checks["answers"].figures["same_class"] == 6
    assert checks["download"].figures["bytes"] <= 1.1 * checks["download"].figures["least"]
