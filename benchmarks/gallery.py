"""The cleaner's grid in a real Chromium beside fastai's ImageClassifierCleaner, under the same Voilà, scores ready for both."""

from __future__ import annotations

import os
import random
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from PIL import Image
from playwright.sync_api import Page, ViewportSize, sync_playwright

from benchmarks import notebooks
from benchmarks.measure import Figure
from benchmarks.served import kernel, visit, voila
from model import catalog
from model.core import INDEX_FOLDER, PROJECT
from tests.browser.find_chromium import find

CLASSES = [f"class {number}" for number in range(10)]
MANY, FEW, VERY_MANY = 10_000, 1_000, 100_000
TILES, THEIRS = 60, 30
ROUNDS, CHANGES = 3, 6
PAUSE_MS = 1000  # from one act to the next, less than a person looks at sixty pictures
WINDOW: ViewportSize = {"width": 2240, "height": 1500}  # large enough for sixty tiles

OURS = """import os, sys
sys.path.insert(0, {home!r})
import ipywidgets as ipw
from widgets.clean import Cleaner
button, box = ipw.Button(description='Open'), ipw.VBox()
def on_click(_):
    box.children = [Cleaner({data!r})]
button.on_click(on_click)
ipw.VBox([button, box])"""

FASTAI = """from pathlib import Path
from types import SimpleNamespace
import torch
import ipywidgets as ipw
from fastai.vision.widgets import ImageClassifierCleaner
class Loader:
    def __init__(self, items, vocab):
        self.dataset, self.vocab = SimpleNamespace(items=items), vocab
        self.targets = torch.tensor([vocab.index(item.parent.name) for item in items])
        self.losses = torch.rand(len(items), generator=torch.Generator().manual_seed(0))
    def new(self, **_):
        return self
class Loaders(list):
    vocab = {classes!r}
class Scored:  # a learner whose predictions are ready
    dls = Loaders(Loader(sorted(Path({data!r}, side).glob('*/*.jpg')), {classes!r}) for side in ('train', 'valid'))
    def get_preds(self, dl, **_):
        return None, dl.targets, dl.targets, dl.losses
learn = Scored()
button, box = ipw.Button(description='Open'), ipw.VBox()
def on_click(_):
    box.children = [ImageClassifierCleaner(learn).widget]
button.on_click(on_click)
ipw.VBox([button, box])"""

WAIT = """([act, enough, label]) => new Promise((done, fail) => {
  const all = () => [...document.querySelectorAll('.vl-g-image[src], .jp-OutputArea-output img, .jp-RenderedImage img')];
  const before = new Set(all().map((image) => image.src));
  const ready = () => {
    const here = all().filter((image) => {
      const box = image.getBoundingClientRect();
      const tile = image.closest('.vl-g-tile');
      const fits = !tile || !label || tile.querySelector('.vl-g-given').textContent === label;
      const seen = !tile || (box.bottom > 0 && box.top < innerHeight);
      return image.complete && image.naturalWidth && seen && fits && !before.has(image.src);
    });
    return new Set(here.map((image) => image.src)).size >= enough;
  };
  const started = performance.now();
  const look = () => {
    if (ready()) return done(performance.now() - started);
    if (performance.now() - started > 60000) return fail(new Error(`${act}: ${all().length} pictures`));
    requestAnimationFrame(look);
  };
  if (act.startsWith('key ')) {
    document.querySelector('.vl-g-list').focus();
    document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: act.slice(4), bubbles: true, cancelable: true }));
  } else if (act.startsWith('select ')) {
    const select = document.querySelector('.widget-dropdown select');
    select.value = act.slice(7);
    select.dispatchEvent(new Event('change', { bubbles: true }));
  } else document.querySelector(act).click();
  requestAnimationFrame(look);
})"""
OPEN = ".jupyter-button"


def figures(scratch: Path) -> list[Figure]:
    """The first screenful, changing class and flipping a page; the kernel's memory."""
    os.environ["VOILENS_RUNS"] = str(scratch / "runs")
    many = pictures(scratch / "many", MANY)
    with ExitStack() as stack:
        enter = stack.enter_context
        ours = enter(voila(notebook(scratch, "gallery", OURS, many), scratch))
        theirs = enter(voila(notebook(scratch, "fastai-cleaner", FASTAI, many), scratch))
        few = enter(voila(notebook(scratch, "few", OURS, link(scratch / "few", many, FEW)), scratch))
        lots = enter(voila(notebook(scratch, "lots", OURS, link(scratch / "lots", many, VERY_MANY)), scratch))
        browser = enter(sync_playwright()).chromium.launch(executable_path=find(), args=["--no-sandbox", "--disable-gpu"])
        first: dict[str, list[float]] = {"ours": [], "theirs": [], "bare": []}
        changes: dict[str, list[float]] = {"ours": [], "theirs": [], "page": []}
        for _ in range(ROUNDS):
            _forget_thumbnails(many)
            with visit(browser, ours) as (page, _):
                first["bare"].append(open_cleaner(page, TILES))
            _forget_thumbnails(many)
            catalog.warm_up(many)  # as the command that scores leaves a folder
            with visit(browser, ours) as (page, _):
                first["ours"].append(open_cleaner(page, TILES))
                for label in CLASSES[1 : CHANGES + 1]:
                    changes["ours"].append(act(page, f'.vl-g-option[data-key="{label}"]', TILES, label))
                    changes["page"].append(act(page, "key PageDown", TILES // 2))
            with visit(browser, theirs) as (page, _):
                first["theirs"].append(open_cleaner(page, THEIRS))
                changes["theirs"] += [act(page, f"select {label}", THEIRS) for label in CLASSES[1 : CHANGES + 1]]
        memory = {name: kernel_memory(browser, address) for name, address in (("few", few), ("lots", lots))}
        browser.close()
    shown, changed = {n: median(v) for n, v in first.items()}, {n: median(v) for n, v in changes.items()}
    cleaner, start = "fastai's cleaner", f"first {TILES} tiles of {MANY:,} pictures"
    return [
        Figure(start, f"{THEIRS} in {cleaner}", shown["ours"], shown["theirs"], 0.5, "ms"),
        Figure("the same, no thumbnail made yet", f"{THEIRS} in {cleaner}", shown["bare"], shown["theirs"], 0.5, "ms"),
        Figure(f"changing class, {TILES} tiles", f"{THEIRS} in {cleaner}", changed["ours"], changed["theirs"], 0.25, "ms"),
        Figure("flipping a page", f"{cleaner} changing class", changed["page"], changed["theirs"], 0.25, "ms"),
        Figure(f"kernel memory, {VERY_MANY:,} pictures indexed", f"{FEW:,} pictures", memory["lots"], memory["few"], 1.2, "MB"),
    ]


def open_cleaner(page: Page, enough: int) -> float:
    page.set_viewport_size(WINDOW)
    page.wait_for_selector(OPEN, timeout=120_000)
    page.wait_for_timeout(1500)
    return act(page, OPEN, enough)


def act(page: Page, act: str, enough: int, label: str = "") -> float:
    """Milliseconds from a click, a choice or a key to `enough` new pictures on the screen."""
    taken = page.evaluate(WAIT, [act, enough, label])
    page.wait_for_timeout(PAUSE_MS)
    return taken


def kernel_memory(browser, address: str) -> float:
    """Megabytes that the kernel has to itself once the grid stands and has been scrolled through to its end."""
    with visit(browser, address) as (page, _):
        open_cleaner(page, TILES)
        page.focus(".vl-g-list")
        for key in ("End", "Home", "PageDown", "PageDown"):
            page.keyboard.press(key)
            page.wait_for_timeout(1500)
        return kernel(page).memory_full_info().uss / 1e6


def notebook(scratch: Path, name: str, text: str, data: Path) -> Path:
    return notebooks.write(scratch / f"{name}.ipynb", [text.format(home=str(PROJECT), data=str(data), classes=CLASSES)])


def pictures(root: Path, count: int) -> Path:
    """Generated photographs of 341 × 256 pixels in ten classes, nine tenths to learn from, with made-up scores."""
    rng = random.Random(0)
    for number in range(count):
        label = CLASSES[number % len(CLASSES)]
        file = root / ("valid" if number // len(CLASSES) % 10 == 9 else "train") / label / f"{number:06}.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        grain = Image.frombytes("RGB", (20, 15), rng.randbytes(900))
        grain.resize((341, 256), Image.Resampling.BICUBIC).save(file, quality=85)
    return _scored(root)


def link(root: Path, source: Path, count: int) -> Path:
    """`count` files that are links to some of the pictures, because files cost more time than the catalog does."""
    originals = sorted(source.glob("train/*/*.jpg"))[:FEW]
    for number in range(count):
        original = originals[number % len(originals)]
        file = root / "train" / original.parent.name / f"{number:06}.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        os.link(original, file)
    return _scored(root)


def _forget_thumbnails(root: Path) -> None:
    for file in (root / INDEX_FOLDER).glob("thumbnails.sqlite*"):
        file.unlink()


def _scored(root: Path) -> Path:
    """The catalog of a folder, as it is once the folder has been scored."""
    catalog.scan(root)
    database, rng = catalog.open_database(root), random.Random(1)
    with catalog.writing(database):
        for file, label in database.execute("SELECT file, label FROM pictures").fetchall():
            doubt = rng.random() ** 4
            predicted = rng.choice(CLASSES) if doubt > 0.5 else label
            row = (file, label, predicted, rng.random(), 3 * doubt, doubt, predicted if doubt > 0.9 else None, doubt > 0.9)
            database.execute("INSERT OR REPLACE INTO scores VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    database.close()
    return root


if __name__ == "__main__":
    import tempfile

    from benchmarks.measure import table

    begun = time.perf_counter()
    print(table(figures(Path(tempfile.mkdtemp(prefix="vl")))), f"\n{time.perf_counter() - begun:.0f} s")
