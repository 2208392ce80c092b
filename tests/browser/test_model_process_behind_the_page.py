"""The page and the process behind it: shared by visitors, started again when it is killed, missed when it is gone."""

from __future__ import annotations

import http.server
import json
import os
import random
import re
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import processes
import psutil
import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from steps import ONCE, answered, below, choose, encoded, picture, upload

from model.core import PROJECT


def model_processes() -> list[psutil.Process]:
    return processes.model_processes(Path(os.environ["VOILENS_RUNTIME"]))


def kill(process: psutil.Process) -> None:
    """End a process at once; the kernel that started it may leave it as a zombie, which is dead enough."""
    process.kill()
    deadline = time.monotonic() + 10
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
        time.sleep(0.05)


def test_two_visitors_share_one_model_process_which_is_started_again_when_it_was_killed_between_two_questions(visit):
    first, second = visit(), visit()
    choose(first, upload("a.jpg", encoded(picture(1))))
    choose(second, upload("b.jpg", encoded(picture(2))))
    before = answered(first)
    answered(second)
    expect(first.locator(".vl-app .vl-photo")).to_have_attribute("alt", re.compile(r"^a\.jpg: "))
    expect(second.locator(".vl-app .vl-photo")).to_have_attribute("alt", re.compile(r"^b\.jpg: "))
    (process,) = model_processes()
    kill(process)
    choose(first, upload("a.jpg", encoded(picture(1))))
    expect(first.get_by_text("The model process is starting again.")).to_be_visible()
    assert answered(first) == before
    assert [found.pid for found in model_processes()] != [process.pid]


def test_a_photo_chosen_while_the_model_loads_is_answered_once_it_has(visit):
    for process in model_processes():
        kill(process)
    page = visit()
    choose(page, upload("early.jpg", encoded(picture(1))))
    assert "%" in page.locator(".vl-app .vl-answer").inner_text() or answered(page)


@pytest.mark.slow
def test_a_page_whose_kernel_went_to_sleep_says_so_over_the_kept_answer(visit, serve):
    culling = {"cull_idle_timeout": 8, "cull_interval": 1, "cull_connected": True}
    options = [f"--MappingKernelManager.{name}={value}" for name, value in culling.items()]
    options.append(ONCE)  # one that waited would be older than 8 seconds
    page = visit(serve("voila", "app.ipynb", "--Voila.ip=127.0.0.1", *options))
    choose(page, upload("a.jpg", encoded(picture(1))))
    before = answered(page)
    expect(page.get_by_role("alert")).to_contain_text("The server went to sleep", timeout=60_000)
    expect(page.locator(".vl-app .vl-headline")).to_have_text(before.removeprefix("\n"))
    with page.expect_navigation():
        page.get_by_role("button", name="Restart").click()
    expect(page.locator(".vl-app:not(#early) .vl-zone")).to_be_visible()
    choose(page, upload("b.jpg", encoded(picture(2))))
    answered(page)


def test_a_line_slower_than_expected_is_not_taken_for_a_lost_server(new_page, address):
    page, held, sockets = new_page(), [], []

    def hold_photos(socket):
        server = socket.connect_to_server()
        sockets.append(server)
        socket.on_message(lambda frame: (held.append if held or len(frame) > 20_000 else server.send)(frame))

    page.route_web_socket(re.compile("/channels"), hold_photos)
    page.clock.install()
    page.goto(address)
    expect(page.locator(".vl-app:not(#early) .vl-zone")).to_be_visible()
    noise = Image.frombytes("RGB", (1000, 1000), random.Random(0).randbytes(3_000_000))
    choose(page, upload("a.jpg", encoded(noise, quality=100)))
    wait(page, lambda: len(held) == 4)  # chunks that go out before the first of them is acknowledged
    page.clock.fast_forward(21_000)
    expect(page.locator(".vl-app .vl-status")).to_have_text("Still sending, it takes longer than usual")
    page.wait_for_timeout(500)
    expect(page.locator(".vl-banner")).to_be_empty()

    def let_go() -> bool:
        while held:
            sockets[-1].send(held[0])
            del held[0]  # only now: what the page sends meanwhile, the short last chunk too, keeps its place behind it
        return not page.get_by_role("button", name="Cancel").is_visible()

    wait(page, let_go)
    expect(page.locator(".vl-app .vl-photo")).to_have_attribute("alt", re.compile(r"^a\.jpg"))
    expect(page.locator(".vl-banner")).to_be_empty()


def wait(page: Page, condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)


@pytest.mark.slow
def test_a_page_without_a_model_says_what_to_do(visit, serve, tmp_path):
    page = visit(serve("voila", "app.ipynb", "--Voila.ip=127.0.0.1", ONCE, VOILENS_MODEL=str(tmp_path / "none.pkl")))
    assert answered(page).endswith("This did not work")
    expect(page.locator(".vl-app .vl-detail")).to_contain_text("There is no model file")
    expect(page.locator("body")).not_to_contain_text("Traceback")


@pytest.mark.slow
def test_a_model_named_by_its_owner_is_served_with_its_own_classes(visit, serve, tiny_export):
    page = visit(serve("voila", "app.ipynb", "--Voila.ip=127.0.0.1", ONCE, VOILENS_MODEL=str(tiny_export)))
    expect(page.locator(".vl-panel")).to_contain_text("Bär, cat or two words")
    choose(page, upload("a.jpg", encoded(picture(1))))
    answered(page)


class GatedModel(http.server.BaseHTTPRequestHandler):
    """A model process that says which classes it knows once `open` is set."""

    open = threading.Event()

    def do_GET(self) -> None:
        ready = self.open.is_set()
        answer = json.dumps({"classes": ["the late class", "another"]} if ready else {"error": "loading"}).encode()
        self.send_response(200 if ready else 503)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_words: object) -> None:
        pass


@pytest.mark.slow
def test_what_changed_while_the_browser_built_the_page_is_not_lost(new_page, serve):
    model = http.server.ThreadingHTTPServer(("127.0.0.1", 0), GatedModel)
    threading.Thread(target=model.serve_forever, daemon=True).start()
    where = serve("voila", "app.ipynb", "--Voila.ip=127.0.0.1", ONCE, VOILENS_URL=f"http://127.0.0.1:{model.server_port}")
    page, snapshot, passed = new_page(), [], []

    def change_behind_the_snapshot(socket):
        """The browser is still busy with the state of all widgets when the model has loaded: its classes pass it by."""
        server = socket.connect_to_server()

        def relay(frame: str | bytes) -> None:
            raw = frame.encode() if isinstance(frame, str) else frame
            if b"update_states" in raw and not passed:
                snapshot.append(frame)
                GatedModel.open.set()
                return
            socket.send(frame)
            if snapshot and b"the late class" in raw and b"<h1>" in raw:
                passed.append(True)
                socket.send(snapshot.pop())

        server.on_message(relay)
        socket.on_message(server.send)

    page.route_web_socket(re.compile("/channels"), change_behind_the_snapshot)
    page.goto(where)
    expect(page.locator(".vl-app:not(#early) .vl-zone")).to_be_visible()
    assert passed
    expect(page.locator(".vl-panel")).to_contain_text("the late class")
    expect(page.locator(".vl-app")).not_to_contain_text("Loading the model")
    model.shutdown()


@pytest.mark.parametrize("name", ["export.pkl", "README.md", "model/serving/server.py", "model-card.json"])
def test_no_file_of_the_project_is_served(new_page, address, name):
    assert (PROJECT / name).exists()
    page = new_page()
    for prefix in ("voila/files/", "files/", "static/../", ""):
        assert page.request.get(below(address, prefix + name)).status >= 400


def test_nothing_is_loaded_from_elsewhere(visit, address, chromium):
    context = chromium.new_context()
    answers: list[str] = []
    context.on("response", lambda response: answers.append(response.url))
    page = context.new_page()
    page.goto(address)
    expect(page.locator(".vl-app:not(#early) .vl-zone")).to_be_visible()
    choose(page, upload("a.jpg", encoded(picture(1))))
    answered(page)
    context.close()
    assert answers
    assert [url for url in answers if not url.startswith((address.partition("?")[0], "data:", "blob:"))] == []


JUPYTER = ("--ServerApp.ip=127.0.0.1", "--IdentityProvider.token=", "--ServerApp.password=", "--allow-root")


@pytest.mark.slow
def test_the_page_works_under_a_jupyter_server_with_the_guard_and_the_headers_that_binder_gives_it(visit, serve):
    binder = {"JUPYTER_CONFIG_PATH": str(PROJECT / "binder"), "VOILENS_PUBLIC": "1"}
    where = serve("jupyter_server", *JUPYTER, path="/voila/render/app.ipynb", **binder)
    page = visit(where)
    again = page.request.get(where)
    assert "default-src 'self'" in again.headers["content-security-policy"]
    assert again.headers["content-encoding"] == "gzip" and "data-widget" in again.text()
    assert page.request.get(f"{where}?theme=dark").status == 400
    choose(page, upload("a.jpg", encoded(picture(1))))
    answered(page)


@pytest.mark.slow
def test_the_notebook_runs_in_jupyterlab_whose_shortcuts_stay_out_of_the_widgets(chromium, serve, tmp_path):
    shutil.copy(PROJECT / "app.ipynb", tmp_path)
    environment = {"PYTHONPATH": str(PROJECT), "VOILENS_MODEL": str(PROJECT / "export.pkl")}
    where = serve("jupyterlab", *JUPYTER, f"--ServerApp.root_dir={tmp_path}", path="/lab/tree/app.ipynb", **environment)
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(where)
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=60_000)
    page.locator(".jp-CodeCell .cm-content").first.click()
    for _ in range(3):  # the imports, a note, the page
        page.keyboard.press("Shift+Enter")
    expect(page.locator(".vl-app:not(#early) .vl-zone")).to_be_visible()
    page.locator(".vl-app input[type=file]").set_input_files([upload("a.jpg", encoded(picture(1)))])
    answered(page)
    cells = page.locator(".jp-CodeCell").count()
    page.get_by_role("button", name="Another photo").focus()
    page.keyboard.press("b")
    page.wait_for_timeout(300)
    assert page.locator(".jp-CodeCell").count() == cells
    context.close()


def test_the_notebook_holds_no_outputs():
    cells = json.loads(Path(PROJECT, "app.ipynb").read_text(encoding="utf-8"))["cells"]
    assert not any(cell.get("outputs") for cell in cells)
