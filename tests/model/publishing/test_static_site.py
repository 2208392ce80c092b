"""The folder of a page without a server: what is in it, how it is named, and that it asks for nothing else."""

from __future__ import annotations

import html
import json
import re

import pytest
import safe_forms
from node import run_node
from PIL import Image
from samples import encoded, photo

from model.core import checksum
from model.images import open_picture
from model.publishing import write_site
from model.publishing.static_site import RUNTIMES

RUNTIME_FILES = [name for names in RUNTIMES.values() for name in names]
EXAMPLES = [("a red one.jpg", encoded(photo(tint=(200, 0, 0)), "JPEG")), ("../../<up>.JPG", encoded(photo(seed=1), "JPEG"))]


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """A form, and a runtime that is none."""
    folder = tmp_path_factory.mktemp("given")
    (folder / "runtime").mkdir()
    for name in RUNTIME_FILES:
        (folder / "runtime" / name).write_text(f"// {name}")
    return safe_forms.by_colour(folder / "form"), folder / "runtime"


@pytest.fixture(scope="module")
def site(given, tmp_path_factory):
    form, runtime = given
    out = tmp_path_factory.mktemp("out") / "below" / "site"
    write_site(form, safe_forms.CARD, out, runtime, examples=EXAMPLES)
    return out


def files_of(folder):
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def told(site) -> dict:
    return json.loads((site / "model/model.json").read_text(encoding="utf-8"))


def test_the_folder_has_all_that_was_agreed_and_nothing_beside_it(site):
    named = {re.sub(r"-[0-9a-f]{12}\.", "-HASH.", name) for name in files_of(site)}
    assert named == {
        *(f"runtime/{name}" for name in RUNTIME_FILES),
        *("index.html", "page-HASH.js", "style-HASH.css", "sw.js", "manifest.webmanifest"),
        *("worker-wasm-HASH.js", "worker-webgpu-HASH.js"),
        *("icon-192-HASH.png", "icon-512-HASH.png", "model/network-HASH.onnx", "model/model.json"),
        *("examples/1.jpg", "examples/2.jpg"),
    }
    assert [file.name for file in site.parent.iterdir()] == ["site"]


def test_a_name_that_carries_a_checksum_carries_that_of_its_content(site):
    for name in files_of(site):
        if found := re.search(r"-([0-9a-f]{12})\.", name):
            assert checksum(site / name).startswith(found[1])


def test_the_same_model_gives_the_same_bytes_and_another_one_another_edition(given, site, tmp_path):
    form, runtime = given
    write_site(form, safe_forms.CARD, tmp_path / "again", runtime, examples=EXAMPLES)
    assert files_of(tmp_path / "again") == files_of(site)
    (tmp_path / "other.onnx").write_bytes((form / "network.onnx").read_bytes() + b"")
    write_site(form, {**safe_forms.CARD, "made": "2026-02-02"}, tmp_path / "other", runtime, tmp_path / "other.onnx")
    assert (tmp_path / "other/sw.js").read_bytes() != (site / "sw.js").read_bytes()


def test_an_empty_folder_is_filled_and_one_that_is_not_stays_as_it_is(given, tmp_path):
    form, runtime = given
    (tmp_path / "empty").mkdir()
    write_site(form, safe_forms.CARD, tmp_path / "empty", runtime)
    assert (tmp_path / "empty/index.html").is_file()
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine.txt").write_text("mine")
    with pytest.raises(OSError, match="not empty"):
        write_site(form, safe_forms.CARD, tmp_path / "full", runtime)
    assert {file.name for file in tmp_path.iterdir()} == {"empty", "full"}
    assert [file.name for file in (tmp_path / "full").iterdir()] == ["mine.txt"]


def test_what_is_missing_leaves_nothing_half_written(given, tmp_path):
    form, _ = given
    (tmp_path / "no runtime").mkdir()
    with pytest.raises(FileNotFoundError):
        write_site(form, safe_forms.CARD, tmp_path / "site", tmp_path / "no runtime")
    assert [file.name for file in tmp_path.iterdir()] == ["no runtime"]


def test_no_address_leads_out_of_the_folder(site):
    for name, content in files_of(site).items():
        if name.endswith((".js", ".css", ".html", ".webmanifest")) and not name.startswith("runtime/"):
            text = content.decode()
            assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)\S+", text), name
            assert not re.findall(r"""(?:src|href|url)\s*[=:(]\s*["']?/""", text), name
    page = (site / "index.html").read_text(encoding="utf-8")
    assert all((site / name).is_file() for name in re.findall(r'(?:src|href)="([^"]+)"', page))
    assert "default-src 'none'" in html.unescape(page)
    manifest = json.loads((site / "manifest.webmanifest").read_text(encoding="utf-8"))
    assert all((site / icon["src"]).is_file() for icon in manifest["icons"])
    assert (manifest["start_url"], manifest["scope"]) == (".", ".")


def test_the_worker_is_kept_with_all_that_the_page_needs(site):
    listed = json.loads(re.findall(r"default\((\{.*\})\);\n$", (site / "sw.js").read_text(encoding="utf-8"))[0])
    assert set(listed["files"]) == set(files_of(site)) - {"sw.js", "index.html", *listed["later"]} | {"./"}
    assert {re.sub(r"-[0-9a-f]{12}\.", "-HASH.", name) for name in listed["later"]} == {
        "worker-webgpu-HASH.js",
        *(f"runtime/{name}" for name in RUNTIMES["webgpu"]),
    }


def test_every_script_can_be_read(site, tmp_path):
    for name in files_of(site):
        if name.endswith(".js"):
            kind = "mjs" if name.startswith("worker") else "cjs"  # the page and the service worker are no modules
            (tmp_path / f"script.{kind}").write_bytes((site / name).read_bytes())
            run_node("--check", tmp_path / f"script.{kind}")


def test_what_the_page_knows_is_told(site):
    about = told(site)
    assert about["classes"] == safe_forms.CLASSES
    assert about["outputs"] == ["logits", "familiar", "heat", "features"]
    assert about["thresholds"]["sure"] == 0.6
    for part in (about["network"], *about["runtimes"].values()):
        assert (site / part["file"]).stat().st_size == part["bytes"]
        assert checksum(site / part["file"]) == part["sha256"]
    assert about["card"]["measured"]["accuracy"] == 0.9
    assert "recipe" not in about["card"], "what is not for people stays"
    assert [each["name"] for each in about["examples"]] == ["a red one.jpg", "<up>.JPG"]


def test_names_of_classes_are_no_markup(site):
    page = (site / "index.html").read_text(encoding="utf-8")
    assert "green &lt;b&gt;" in page
    assert "<b>" not in page


def test_the_icons_are_pictures_of_their_size(site):
    sizes = [open_picture(file).size for file in sorted(site.glob("icon-*.png"))]
    assert sizes == [(192, 192), (512, 512)]
    assert all(isinstance(open_picture(file), Image.Image) for file in site.glob("examples/*"))
