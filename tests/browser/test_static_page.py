"""The page without a server, in a real Chromium: any web server gives its folder, the browser alone answers."""

from __future__ import annotations

import base64
import http.server
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import safe_forms
from kept_runtime import kept_runtime
from PIL import Image
from playwright.sync_api import Page, Route, expect
from samples import class_folders
from steps import FINAL, answered, choose, encoded, picture, upload, violations

from model.artifacts import ModelCard, build, model_card
from model.catalog import open_database, scan
from model.core import PROJECT, checksum
from model.explanation import Neighbours
from model.intake import take_corrections
from model.publishing import write_site
from model.publishing.local_server import LocalServer

RED = encoded(Image.new("RGB", (300, 240), (220, 30, 30)))
BLUE = encoded(Image.new("RGB", (300, 240), (30, 30, 220)))
CLASSIFY = """async (content) => {
  const photo = new Blob([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))]);
  return voilens.classify(photo).catch((error) => ({ error: error.message }));
}"""


HIDE = """() => {
  Object.defineProperty(document, "hidden", { value: true, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
  delete document.hidden;
}"""

NOTE_WHEN_KEPT = """
const register = ServiceWorkerContainer.prototype.register;
ServiceWorkerContainer.prototype.register = function (...keeper) {
  globalThis.whenKept = document.querySelector(".vl-headline").textContent;
  return register.apply(this, keeper);
};
"""

HOLD_SMALL_PICTURES = """
globalThis.asked = [];
const { postMessage } = Worker.prototype;
Worker.prototype.postMessage = function (question, ...given) {
  asked.push(question.ask);
  return postMessage.call(this, question, ...given);
};
const { decode } = HTMLImageElement.prototype;
const released = new Promise((resolve) => (globalThis.release = resolve));
HTMLImageElement.prototype.decode = async function () {
  await released;
  return decode.call(this);
};
"""

SPOIL = """async () => {
  const [name] = await caches.keys();
  const cache = await caches.open(name);
  const network = (await cache.keys()).find(({ url }) => url.endsWith(".onnx"));
  await cache.put(network, new Response("sign in to this network"));
}"""


class Server:
    """A folder given to browsers below an address of its own, by the plainest server there is."""

    def __init__(self, folder: Path):
        class Quiet(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_said: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder.parent)))
        self.address = f"http://127.0.0.1:{self._server.server_port}/{folder.name}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def write(tmp_path_factory) -> Callable[..., Path]:
    """Write the page of the form that answers by colour."""
    runtime = kept_runtime()
    form = safe_forms.by_colour(tmp_path_factory.mktemp("form") / "form")
    neighbours = Neighbours(np.eye(3, dtype=np.float32), safe_forms.CLASSES, [RED, BLUE, BLUE], for_visitors=True)

    def write_page(folder: Path | None = None, **card: str) -> Path:
        out = folder or tmp_path_factory.mktemp("site") / "repo"
        write_site(form, {**safe_forms.CARD, **card}, out, runtime, None, [("1-blue.jpg", BLUE)], neighbours)
        return out

    return write_page


@pytest.fixture(scope="module")
def address(write) -> Iterator[str]:
    server = Server(write())
    yield server.address
    server.stop()


@pytest.fixture
def visit(new_page, address) -> Callable[..., Page]:
    """Open the page as another visitor, whose browser must not complain of anything."""

    def open_page(where: str = address, *size: int, **options) -> Page:
        page = new_page(*size, **options)
        page.on("console", lambda said: pytest.fail(said.text) if said.type == "error" else None)
        page.goto(where)
        return page

    return open_page


def classify(page: Page, content: bytes) -> dict:
    return page.evaluate(CLASSIFY, base64.b64encode(content).decode())


def test_a_photo_is_answered_explained_and_remembered_and_nothing_is_asked_for_elsewhere(visit, address):
    page = visit()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    choose(page, upload("red.jpg", RED))
    assert answered(page, "red.jpg") == "✓This is red (95 %)"
    page.get_by_text("Why?").click()
    expect(page.locator(".vl-why-heat")).to_be_visible()
    expect(page.get_by_text("No place by itself says much")).to_be_visible()
    expect(page.locator(".vl-why-similar li").first).to_have_text("redsimilarity 0.98")
    assert page.get_by_alt_text("A training picture of red").evaluate(
        "(image) => image.decode().then(() => image.naturalWidth)"
    )
    choose(page, upload("b.jpg", b"no picture"))
    expect(page.locator('.vl-answer[data-state="refused"]')).to_contain_text("This file is not a picture")
    choose(page, upload("night.jpg", encoded(Image.new("RGB", (300, 240)))))
    expect(page.locator(".vl-headline")).to_contain_text("does not look like anything I was taught")
    page.get_by_role("button", name="red.jpg: red 95 %").click()
    assert answered(page, "red.jpg") == "✓This is red (95 %)"
    assert [url for url in asked if not url.startswith((address, "blob:", "data:"))] == []


def test_several_photos_give_a_table_that_can_be_downloaded(visit):
    page = visit()
    choose(page, upload("red.jpg", RED), upload("blue.jpg", BLUE), upload("x.jpg", b"no"))
    expect(page.locator(".vl-table tbody tr")).to_have_count(3)
    expect(page.locator(".vl-detail").first).to_have_text("2 sure, 0 not sure, 0 unfamiliar, 1 refused")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download as CSV").click()
    assert '"red.jpg","red","0.95' in Path(saved.value.path()).read_text(encoding="utf-8")


def test_an_example_is_answered_by_a_click_and_the_card_is_there_to_read(visit):
    page = visit()
    page.get_by_role("button", name="Example: 1-blue.jpg").click()
    assert answered(page, "1-blue.jpg") == "✓This is blue (95 %)"
    page.get_by_text("About this model").click()
    expect(page.get_by_text("It is right on 90.0 % of pictures that it was not taught on")).to_be_visible()
    expect(page.get_by_role("img", name="An example of blue")).to_be_visible()


def test_what_is_said_of_photos_is_saved_as_one_file_that_the_owner_takes_in(visit, tmp_path, own_runs):
    page = visit()
    expect(page.get_by_role("button", name="Save my corrections")).to_be_hidden()
    choose(page, upload("red.jpg", RED))
    answered(page, "red.jpg")
    page.get_by_role("button", name="Wrong, it is …").click()
    page.get_by_label("Something else").fill(" deep \t red ")
    page.get_by_role("button", name="Say so").click()
    expect(page.locator(".vl-note")).to_contain_text("Kept on this page until you leave it")
    choose(page, upload("blue.jpg", BLUE), upload("x.jpg", b"no"), upload("large.jpg", encoded(picture(1, (3000, 2000)))))
    page.get_by_role("button", name="It is …: say what large.jpg shows").click()
    page.get_by_role("button", name="green <b>").click()
    expect(page.locator(".vl-corrected")).to_have_text("you say green <b>")
    expect(page.get_by_text("2 corrections on this page.")).to_be_visible()
    assert violations(page, "html", ()) == []
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save my corrections").click()
    page.get_by_role("button", name="red.jpg: red 95 %").click()
    answered(page, "red.jpg")
    expect(page.get_by_role("button", name="Wrong, it is …")).to_have_count(0)

    content = Path(saved.value.path()).read_bytes()
    folder = class_folders(tmp_path / "colours", dict.fromkeys(safe_forms.CLASSES, 2))
    scan(folder)
    (own_runs / "1-train").mkdir(parents=True)
    card = ModelCard(file="export.pkl", classes=safe_forms.CLASSES, sha256="0" * 64)
    model_card.write(own_runs / "1-train/export.pkl", card)
    assert take_corrections(folder, content, saved.value.suggested_filename) == 2
    with closing(open_database(folder)) as database:
        said = {row["said"]: folder / row["file"] for row in database.execute("SELECT * FROM visitors")}
    assert said["deep red"].read_bytes() == RED
    assert Image.open(said["green <b>"]).size == (1024, 683)


def test_who_embeds_the_page_asks_it_as_python_is_asked(visit):
    page = visit()
    answer = classify(page, RED)
    assert set(answer) == {"label", "probability", "probabilities", "status", "seconds"}
    assert list(answer["probabilities"]) == safe_forms.CLASSES
    assert (answer["label"], answer["status"]) == ("red", "sure")
    assert classify(page, b"") == {"error": "This file is empty: choose another one, or copy it again."}


def test_without_its_server_the_page_comes_again_and_answers(visit, write):
    server = Server(write())
    page = visit(server.address)
    expect(page.get_by_text("Works without a network now.")).to_be_visible()
    server.stop()
    page.reload()
    choose(page, upload("red.jpg", RED))
    assert answered(page, "red.jpg") == "✓This is red (95 %)"


def test_a_photo_that_waits_for_the_model_is_answered_before_the_page_is_kept(new_page, address):
    page = new_page()
    page.add_init_script(NOTE_WHEN_KEPT)
    held: list[Route] = []
    page.route(re.compile(r"network-.*\.onnx"), lambda route: held.append(route))
    page.goto(address)
    choose(page, upload("red.jpg", RED))
    expect(page.locator(".vl-headline")).to_have_text("…Loading the model")
    held[0].continue_()
    page.wait_for_function("() => globalThis.whenKept")
    assert page.evaluate("whenKept") == "✓This is red (95 %)"


def test_a_photo_is_looked_at_while_a_small_picture_of_it_is_made(new_page, address):
    page = new_page()
    page.add_init_script(HOLD_SMALL_PICTURES)
    page.goto(address)
    choose(page, upload("red.jpg", RED))
    page.wait_for_function("() => asked.includes('classify')")
    page.evaluate("release()")
    assert answered(page, "red.jpg") == "✓This is red (95 %)"
    expect(page.get_by_role("button", name="red.jpg: red 95 %").locator("img")).to_have_attribute("src", re.compile("^data:"))


def test_the_network_comes_once_though_it_is_used_and_kept_and_another_publication_has_it_too(visit, write, tmp_path):
    server = LocalServer(write(tmp_path / "repo"))
    page = visit(server.address)
    expect(page.get_by_text("Works without a network now.")).to_be_visible()
    shutil.rmtree(tmp_path / "repo")
    write(tmp_path / "repo", made="2026-03-03")
    page.reload()
    page.get_by_role("button", name="Load it").click()
    server.stop()
    page.reload()
    choose(page, upload("red.jpg", RED))
    assert answered(page, "red.jpg") == "✓This is red (95 %)"
    assert [Path(file).suffix for file in server.asked.files].count(".onnx") == 1
    assert page.evaluate("caches.keys().then((names) => names.length)") == 1, "what an edition has not kept is gone"


def test_a_kept_file_that_is_not_what_its_name_says_is_loaded_again(visit, write):
    server = LocalServer(write())
    page = visit(server.address)
    expect(page.get_by_text("Works without a network now.")).to_be_visible()
    page.evaluate(SPOIL)
    page.evaluate("navigator.serviceWorker.getRegistration().then((kept) => kept.unregister())")
    page.reload()
    expect(page.get_by_text("Works without a network now.")).to_be_visible()
    server.stop()
    page.reload()
    choose(page, upload("red.jpg", RED))
    assert answered(page, "red.jpg") == "✓This is red (95 %)"


def test_a_new_publication_takes_the_place_of_the_one_that_was_kept(visit, write, tmp_path):
    folder = write(tmp_path / "repo")
    server = Server(folder)
    page = visit(server.address)
    expect(page.get_by_text("Works without a network now.")).to_be_visible()
    shutil.rmtree(folder)
    write(folder, made="2026-03-03")
    page.reload()
    page.get_by_role("button", name="Load it").click()
    page.get_by_text("About this model").click()
    expect(page.get_by_text("Made 2026-03-03")).to_be_visible()
    server.stop()


def test_a_network_that_ends_in_the_middle_of_the_model_is_said_and_can_be_tried_again(new_page, address):
    page = new_page(service_workers="block")
    page.route(re.compile(r"network-.*\.onnx"), lambda route: route.fulfill(body=b"half"))
    page.goto(address)
    expect(page.get_by_text("The network broke off before the model was loaded: try again.")).to_be_visible()
    assert "broke off" in classify(page, RED)["error"]
    choose(page, upload("red.jpg", RED))
    broke_off = "The network broke off before the model was loaded: try again."
    expect(page.locator('.vl-answer[data-state="refused"]')).to_contain_text(broke_off)
    page.unroute(re.compile(r"network-.*\.onnx"))
    page.get_by_role("button", name="Try again").click()
    assert answered(page, "red.jpg") == "✓This is red (95 %)"
    expect(page.get_by_text("This page could not be kept for times without a network")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_on_a_phone_nothing_is_cut_off_and_axe_finds_no_fault(visit, address, scheme):
    page = visit(address, 360, 640, is_mobile=True, has_touch=True, color_scheme=scheme)
    wide = "() => document.scrollingElement.scrollWidth - innerWidth"
    assert violations(page, "html", ()) == []
    choose(page, upload("a.jpg", RED))
    answered(page, "a.jpg")
    page.get_by_text("Why?").click()
    page.get_by_text("About this model").click()
    expect(page.locator(".vl-why-heat")).to_be_visible()
    assert violations(page, "html", ()) == []
    assert page.evaluate(wide) <= 0
    choose(page, *(upload(f"a-rather-long-file-name-{n}.jpg", encoded(picture(n))) for n in range(2)), upload("x.jpg", b"no"))
    expect(page.locator(".vl-table")).to_be_visible()
    assert violations(page, "html", ()) == []
    assert page.evaluate(wide) <= 0
    for target in page.locator("button:visible, summary:visible").all():
        size = target.bounding_box()
        assert min(size["width"], size["height"]) >= 44


def test_a_live_camera_is_answered_until_it_is_stopped(visit):
    page = visit(permissions=["camera"])
    page.get_by_role("button", name="Live camera").click()
    expect(page.locator(".vl-camera-answer")).not_to_be_empty()
    page.get_by_role("button", name="Stop the camera").click()
    expect(page.locator("video")).to_be_hidden()
    assert page.evaluate("document.querySelector('video').srcObject") is None
    page.get_by_role("button", name="Live camera").click()
    expect(page.locator(".vl-camera-answer")).not_to_be_empty()
    page.evaluate(HIDE)
    assert page.evaluate("document.querySelector('video').srcObject") is None, "nobody is filmed who looks at another page"
    page.get_by_role("button", name="Live camera").click()
    expect(page.locator(".vl-camera-answer")).not_to_be_empty()
    assert violations(page, "html", ()) == []
    page.get_by_role("button", name="Take this one").click()
    expect(page.locator(".vl-photo")).to_have_attribute("alt", re.compile("^camera.jpg: ."))
    expect(page.locator(FINAL)).to_be_visible()


CAMERAS = {
    "There is no camera here: choose a photo.": "navigator.mediaDevices.getUserMedia = fails('NotFoundError')",
    "The camera does not answer, mostly because another program uses it": (
        "navigator.mediaDevices.getUserMedia = fails('NotReadableError')"
    ),
    "The browser gives the camera to encrypted pages alone (https)": (
        "Object.defineProperty(navigator, 'mediaDevices', { value: undefined })"
    ),
}


@pytest.mark.parametrize("sentence", CAMERAS)
def test_a_camera_that_is_not_there_gets_a_sentence(new_page, address, sentence):
    page = new_page()
    page.add_init_script(f"const fails = (name) => async () => {{ throw new DOMException('', name); }};\n{CAMERAS[sentence]};")
    page.goto(address)
    page.get_by_role("button", name="Live camera").click()
    expect(page.get_by_text(sentence)).to_be_visible()
    expect(page.get_by_role("button", name="Live camera")).to_be_enabled()
    choose(page, upload("red.jpg", RED))
    assert answered(page, "red.jpg") == "✓This is red (95 %)"


def test_a_browser_without_simd_is_told_and_its_photos_get_the_sentence(new_page, address):
    page = new_page(service_workers="block")

    def without_simd(route) -> None:
        script = route.fetch().text()
        route.fulfill(body=f"WebAssembly.validate = () => false;\n{script}", content_type="text/javascript")

    page.route(re.compile(r"worker-wasm-.*\.js"), without_simd)
    page.goto(address)
    expect(page.get_by_text("This browser is too old to run the model: open the page in a current Firefox")).to_be_visible()
    choose(page, upload("red.jpg", RED))
    expect(page.locator('.vl-answer[data-state="refused"]')).to_contain_text("too old to run the model")
    assert "too old to run the model" in classify(page, RED)["error"]


def test_a_browser_that_keeps_no_pages_answers_and_says_so(new_page, address):
    page = new_page()
    page.add_init_script("Object.defineProperty(Navigator.prototype, 'serviceWorker', { value: undefined });")
    page.goto(address)
    expect(page.get_by_text("This browser keeps no pages, so this one needs a network each time")).to_be_visible()
    choose(page, upload("red.jpg", RED))
    assert answered(page, "red.jpg") == "✓This is red (95 %)"


def test_a_long_name_that_looks_like_markup_stays_a_name_and_cuts_nothing_off(visit, address):
    page = visit(address, 360, 640)
    name = f"<img src=x onerror=alert(1)>{'ä' * 220}.jpg"
    for files in ([upload(name, RED)], [upload(name, RED), upload(f"b{name}", b"no picture")]):
        choose(page, *files)
        expect(page.locator(FINAL)).to_be_visible()
        assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    expect(page.locator(".vl-table")).to_be_visible()
    assert page.locator("img[src=x]").count() == 0


def test_a_camera_that_may_not_be_used_gets_a_sentence(visit):
    page = visit()
    page.get_by_role("button", name="Live camera").click()
    expect(page.get_by_text("The camera may not be used: allow it")).to_be_visible()
    expect(page.get_by_role("button", name="Live camera")).to_be_enabled()


@pytest.mark.slow
def test_the_shipped_model_answers_as_python_does(new_page, shipped_model, expected, tmp_path):
    export = PROJECT / "export.pkl"
    write_site(build.make_safe_model(export, checksum(export)), {}, tmp_path / "site", kept_runtime())
    server = Server(tmp_path / "site")
    page = new_page()
    page.goto(server.address)
    exif = Image.Exif()
    exif[0x0112] = 6
    large = picture(3, (4000, 3000))
    photos = [encoded(picture(seed)) for seed in range(6)] + [encoded(large), encoded(large, exif=exif), encoded(large, "PNG")]
    for content in photos:
        ours, theirs = classify(page, content), expected(content)
        assert ours["label"] == theirs["label"]
        assert max(abs(ours["probabilities"][name] - share) for name, share in theirs["probabilities"].items()) < 0.005
    server.stop()
