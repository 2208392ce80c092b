"""A page for a server comes without torch, with a model in its safe form, and names only what is the repository's."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import safe_forms

from model import cluster
from model.__main__ import main
from model.artifacts import ModelCard, example_pictures, model_card
from model.classifier import Classifier
from model.core import PROJECT
from model.errors import BadModel, BadUsage
from model.publishing import binder, container, proof, ray_serve, replicas_trial
from model.publishing.card_markdown import as_markdown, public_card
from model.publishing.privacy import find_private
from model.publishing.proof import Check
from model.publishing.publication import Published
from model.publishing.served_page import FORM, ServedModel, readme, write_page
from model.publishing.trial import _install as install
from model.publishing.trial import check_pins

SHIPPED = PROJECT / "export.pkl"


@pytest.fixture(scope="module")
def form(tmp_path_factory) -> Path:
    return safe_forms.with_card(tmp_path_factory.mktemp("forms") / "colours")


@pytest.fixture(scope="module")
def model(form) -> ServedModel:
    return ServedModel.of(form, named=True)


def test_the_pins_of_serving_are_pins_of_the_project_without_what_trains():
    def pins(name):
        return {line.partition(";")[0].strip() for line in (PROJECT / name).read_text().splitlines() if line.strip()}

    serving = pins("requirements-serve.txt")
    names = {pin.partition("==")[0] for pin in serving}
    of_windows = {"colorama", "pyreadline3", "pywinpty", "websockets"}
    assert {pin for pin in serving - pins("requirements.txt") if pin.partition("==")[0] not in of_windows} == set()
    assert not names & {"torch", "torchvision", "fastai", "onnx", "onnxscript", "scikit-learn", "scipy", "cleanlab"}
    assert {"voila", "onnxruntime", "pi-heif"} <= names


def test_the_form_that_is_served_answers_as_the_model_does(model, tmp_path):
    model.write(tmp_path / FORM)
    (picture, *_) = example_pictures.of(SHIPPED)
    (expected,), (found,) = (each.classify([picture]) for each in (model.classifier, Classifier.load(tmp_path / FORM)))
    assert (found.label, found.status) == (expected.label, expected.status)
    assert found.probabilities == pytest.approx(expected.probabilities, abs=1e-6)


@pytest.mark.parametrize("name", ["form.json", "network.onnx", "model-card.json"])
def test_a_damaged_safe_form_is_refused_and_left_as_it_is(model, tmp_path, name):
    model.write(tmp_path / FORM)
    file = tmp_path / FORM / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(BadModel):
        Classifier.load(tmp_path / FORM)
    assert file.read_bytes() == content


def test_a_card_of_another_model_is_refused(model, tmp_path):
    model.write(tmp_path / FORM)
    model_card.write(tmp_path / FORM, ModelCard(sha256="1" * 64))
    with pytest.raises(BadModel, match="not that of its model"):
        Classifier.load(tmp_path / FORM)


def test_nothing_of_the_owner_is_in_the_page_and_no_test_or_export(model, tmp_path):
    write_page(tmp_path, model, Path("requirements.txt"))
    assert find_private(tmp_path) == []
    beside = {"app.ipynb", "voila.json", "LICENSE", "requirements.txt"}
    assert {file.name for file in tmp_path.iterdir()} == {"model", "widgets", "form", *beside}


def test_the_examples_that_the_owner_agreed_to_are_beside_the_form_and_are_no_find(tmp_path):
    form = safe_forms.with_card(tmp_path / "colours")
    (drawing, *_) = example_pictures.of(SHIPPED)
    example_pictures.beside(form).mkdir()
    shutil.copy(drawing, example_pictures.beside(form) / "1-red.jpg")
    model = ServedModel.of(form, named=True)
    model.write(tmp_path / "page" / FORM)
    assert [file.name for file in example_pictures.of(tmp_path / "page" / FORM)] == ["1-red.jpg"]
    assert find_private(tmp_path / "page", model.agreed) == []
    assert [found.file for found in find_private(tmp_path / "page")] == [f"{FORM}-examples/1-red.jpg"]


@pytest.fixture
def untried(monkeypatch):
    """The page is made and not tried: a trial takes minutes and is tested by itself."""
    for module, name in ((binder, "try_page"), (container, "try_page"), (ray_serve, "try_replicas")):
        monkeypatch.setattr(module, name, lambda *_: ([Check("installs", None, "not here")], b""))


def test_binder_gets_its_files_and_a_badge_with_the_real_owner(untried, form, tmp_path, capsys):
    out = tmp_path / "repository"
    arguments = ["publish", "binder", "--model", str(form), "--out", str(out), "--repository", "ada/recycling", "--json"]
    assert main(arguments) == 0
    files = {"requirements.txt", "runtime.txt", "postBuild", "start", "jupyter_server_config.json"}
    assert {file.name for file in (out / "binder").iterdir()} == files
    assert (out / "binder/start").stat().st_mode & 0o100
    readme = (out / "README.md").read_text()
    assert "mybinder.org/v2/gh/ada/recycling/HEAD?urlpath=voila/render/app.ipynb" in readme
    assert r"red, green \<b\> and blue" in readme
    assert "90.0" in readme
    assert "OWNER" not in readme + " ".join(json.loads(capsys.readouterr().out)["next"])


@pytest.mark.parametrize(
    "remote", ["git@github.com:ada/recycling.git", "https://github.com/ada/recycling", "ssh://git@github.com/ada/recycling.git"]
)
def test_the_repository_is_read_from_the_remote_of_the_folder(tmp_path, remote):
    for command in (["init", "-q"], ["remote", "add", "origin", remote]):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
    assert binder._of_remote(tmp_path) == "ada/recycling"


def test_without_a_repository_a_sentence_asks_for_it_and_a_wrong_one_is_refused(form, untried, tmp_path, monkeypatch):
    monkeypatch.setattr(binder, "_of_remote", lambda folder: None)
    with pytest.raises(BadUsage, match=r"OWNER/NAME \(--repository"):
        binder.publish_binder(form, tmp_path / "out", True)
    with pytest.raises(BadUsage, match="no repository of GitHub"):
        binder.publish_binder(form, tmp_path / "out", True, "../../etc")
    assert list(tmp_path.iterdir()) == []


def test_the_container_is_closed_and_its_proxy_has_the_limits_of_security_md(untried, form, tmp_path):
    heard: list[dict] = []
    done = container.publish_container(form, tmp_path / "container", True, report=heard.append)
    assert done.proof.passed
    assert heard == [{"event": "publishing", "phase": "writing the page", "done": 0.1}]
    containerfile, compose, proxy = ((done.out / name).read_text() for name in ("Containerfile", "compose.yaml", "nginx.conf"))
    assert re.search(r"^USER 10001", containerfile, re.MULTILINE)
    assert "HEALTHCHECK" in containerfile
    assert all(line in compose for line in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true", "internal: true"))
    promised = (PROJECT / "SECURITY.md").read_text().partition("In nginx:")[2].partition("For an owner")[0]
    lines = [line.strip() for line in promised.splitlines() if line.strip().endswith(";")]
    assert len(lines) > 6
    assert [line for line in lines if line not in proxy and not line.startswith("proxy_pass")] == []


def test_ray_gets_a_configuration_that_it_takes_and_the_pin_that_is_tested(untried, form, tmp_path, capsys):
    out = tmp_path / "ray"
    assert main(["publish", "ray", "--model", str(form), "--out", str(out), "--json"]) == 0
    pins = (out / "requirements-ray.txt").read_text().split()
    assert pins[:2] == ["-r", "requirements.txt"]
    assert pins[2].replace("[serve]", "") in (PROJECT / "tests/requirements.txt").read_text().split()
    assert (out / "form/network.onnx").is_file()
    readme = (out / "README.md").read_text()
    assert all(word in readme for word in ("VOILENS_URL=http://127.0.0.1:8000", "serve deploy serve.yaml", "RAY_AUTH_MODE"))
    assert "on_this_machine serve.yaml" in " ".join(json.loads(capsys.readouterr().out)["next"])
    schema = pytest.importorskip("ray.serve.schema", reason=cluster.NOT_INSTALLED)
    yaml = pytest.importorskip("yaml")
    config = schema.ServeDeploySchema(**yaml.safe_load((out / "serve.yaml").read_text()))
    assert config.http_options.host == "127.0.0.1"
    (application,) = config.applications
    from model.serving.replicas import Replicas

    assert (out / Replicas(**application.args).model).is_dir()


def test_without_ray_the_replicas_are_not_tried_and_that_is_said(form, model, tmp_path, monkeypatch):
    monkeypatch.setattr(replicas_trial, "is_installed", lambda: False)
    monkeypatch.setattr(replicas_trial, "check_pins", lambda pins: Check("installs", True, f"{pins.name} is good"))
    done = ray_serve.publish_ray(form, tmp_path / "ray", True)
    (check,) = [check for check in done.proof.checks if check.name == "answers"]
    assert check.passed is None
    assert "pip install" in check.said
    assert done.proof.passed


def test_what_was_found_wrong_is_told_and_nothing_is_put_in_place(monkeypatch, form, tmp_path):
    monkeypatch.setattr(container, "try_page", lambda *_: ([Check("installs", False, "a pin is broken")], b""))
    status = main(["publish", "container", "--model", str(form), "--out", str(tmp_path / "out")])
    assert status == 1
    assert not (tmp_path / "out").exists()
    assert json.loads((tmp_path / "out-report/publish-report.json").read_text())["next"][0] == "a pin is broken"


@pytest.fixture
def pip(monkeypatch):
    """Let pip fail with these words, or in this way."""

    def fail(how: str | Exception) -> None:
        def run(*_, **__):
            if isinstance(how, Exception):
                raise how
            return subprocess.CompletedProcess([], 1, "", how)

        monkeypatch.setattr("model.publishing.trial.venv.create", lambda *_, **__: None)
        monkeypatch.setattr("model.publishing.trial.subprocess.run", run)

    return fail


BROKEN = "ERROR: Could not find a version that satisfies the requirement voila==0.0.0.999 (from versions: 0.5)"


@pytest.mark.parametrize(
    ("how", "passed", "sentence"),
    [
        (BROKEN, False, "requirements.txt asks for voila==0.0.0.999, which pip cannot find: raise or lower that pin."),
        ("ERROR: a wheel is broken", False, "requirements.txt asks for what pip cannot install: raise or lower that pin."),
        ("NewConnectionError: no route", None, "pip reaches no network. Publish again once there is one"),
        (subprocess.TimeoutExpired("pip", 900), None, "pip took longer than 15 minutes. Publish again"),
    ],
)
def test_a_broken_pin_and_a_missing_network_are_a_sentence_each(pip, tmp_path, how, passed, sentence):
    pip(how)
    for check in (install(tmp_path / "environment", tmp_path / "requirements.txt"), check_pins(tmp_path / "requirements.txt")):
        assert (check.name, check.passed) == ("installs", passed)
        assert sentence in check.said


def test_a_broken_pin_of_ray_is_found_and_nothing_is_put_in_place(pip, form, tmp_path, monkeypatch):
    monkeypatch.setattr(replicas_trial, "is_installed", lambda: False)
    pip(BROKEN.replace("voila", "ray"))
    done = ray_serve.publish_ray(form, tmp_path / "ray", True)
    assert done.proof.wrong == ["requirements-ray.txt asks for ray==0.0.0.999, which pip cannot find: raise or lower that pin."]
    assert not (tmp_path / "ray").exists()


def test_a_model_that_is_too_large_and_a_place_that_is_no_folder_leave_nothing(untried, monkeypatch, form, tmp_path):
    monkeypatch.setattr(proof, "LARGEST_FILE", 1000)
    done = container.publish_container(form, tmp_path / "out", True)
    assert [said.partition(":")[0] for said in done.proof.wrong] == ["It is too heavy for a host"]
    (tmp_path / "file").write_text("mine")
    with pytest.raises(BadUsage, match="is a file"):
        container.publish_container(form, tmp_path / "file", True)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "out-report"]


def test_the_card_says_what_it_knows_how_often_it_is_right_and_where_it_fails():
    card = model_card.read(SHIPPED)
    told = as_markdown(public_card(card, card.classes, "Ann *and* Bob"))
    for words in (
        "cardboard, glass",
        "94.2\xa0% (91.1 to 96.3\xa0%)",
        "What “sure” promises",
        "by Ann \\*and\\* Bob",
        "| blurred | 83.5\xa0%",
        "TrashNet",
    ):
        assert words in told


def test_the_card_of_a_repository_shows_one_example_of_each_class_by_paths_that_are_there(tmp_path):
    form = safe_forms.with_card(tmp_path / "colours")
    (drawing, *_) = example_pictures.of(SHIPPED)
    example_pictures.beside(form).mkdir()
    for name in ("1-red.jpg", "2-red.jpg", "3-green-b.jpg", "4-of-nobody.jpg"):
        shutil.copy(drawing, example_pictures.beside(form) / name)
    model = ServedModel.of(form, named=True)
    write_page(tmp_path / "page", model, Path("requirements.txt"))
    told = readme("A page", model)
    shown = re.findall(r"!\[An example of (.+?)\]\((.+?)\)", told)
    assert shown == [("red", f"{FORM}-examples/1-red.jpg"), (r"green \<b\>", f"{FORM}-examples/3-green-b.jpg")]
    assert all((tmp_path / "page" / place).is_file() for _, place in shown)
    assert "An example" not in readme("A page", ServedModel.of(safe_forms.with_card(tmp_path / "other"), named=True))


def test_a_public_card_has_no_path_and_no_history():
    data = {"name": "/home/ada/photos of ada's/pets", "train": 9}
    card = ModelCard(
        started_from="/home/ada/models/first.pkl", measured={"accuracy": 0.9, "history": [1]}, data=data, others={"who": "ada"}
    )
    shown = public_card(card, ["a", "b"])
    told = json.dumps(shown.to_json())
    assert "ada" not in told + as_markdown(shown)
    assert "9 pictures of pets" in as_markdown(shown)
    assert "history" not in told


def proved(done: Published) -> dict[str, Check]:
    """What was looked at, by name, and found right; a machine that cannot install anything skips the test."""
    checks = {check.name: check for check in done.proof.checks}
    if checks["installs"].passed is None:
        pytest.skip(checks["installs"].said)
    assert done.proof.wrong == []
    return checks


@pytest.mark.slow
def test_binder_serves_it_from_a_bare_environment_within_what_it_grants(tmp_path):
    done = binder.publish_binder(SHIPPED, tmp_path / "repository", True, "ada/recycling")
    checks = proved(done)
    assert 0 < checks["memory"].figures["bytes"] <= binder.GRANTED
    assert "cardboard" in checks["opens"].said


@pytest.mark.slow
def test_a_container_is_served_from_a_bare_environment_that_is_not_written_into(tmp_path):
    done = container.publish_container(SHIPPED, tmp_path / "container", True, "Ann")
    checks = proved(done)
    assert checks["answers"].passed and checks["opens"].passed and checks["read only"].passed
    assert "cardboard" in checks["opens"].said
    assert checks["image"].passed is None, "no engine built it"
    assert "by Ann" in (done.out / "README.md").read_text()


@pytest.mark.slow
@pytest.mark.skipif(not cluster.is_installed(), reason=cluster.NOT_INSTALLED)
def test_ray_serves_it_from_its_own_folder_and_the_page_asks_the_replicas(form, tmp_path):
    done = ray_serve.publish_ray(form, tmp_path / "ray", True)
    checks = {check.name: check for check in done.proof.checks}
    assert done.proof.wrong == []
    assert checks["answers"].passed
    assert checks["answers"].figures["largest_difference"] < 1e-6
    assert checks["read only"].passed
    assert done.out.is_dir()
