"""Which part may know which: seen in fresh interpreters and in the source."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parent.parent
HEAVY = {"torch", "torchvision", "fastai", "sklearn", "numpy", "scipy"}
SOURCES = sorted([*HOME.glob("model/**/*.py"), *HOME.glob("widgets/*.py")])
LIGHT = [
    "types",
    "errors",
    "limits",
    "wording",
    "places",
    "card",
    "images",
    "dataset",
    "client",
    "framing",
    "sandbox",
    "console",
    "recipe",
    "workers",
    "worker",
    "thumbnails",
    "thumbnailer",
    "cutting",
    "shrunk",
    "material",
    "runs",
    "catalogue",
    "journal",
    "selection",
    "recipe",
    "shelf",
    "inbox",
    "commands.common",
]


def loaded_by(statement: str) -> set[str]:
    """The top-level packages that a fresh interpreter holds after `statement`."""
    script = f"{statement}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", script], cwd=HOME, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def imports(source: Path) -> list[tuple[str, list[str]]]:
    """Every import of a file, wherever it stands: the module, and the names taken from it."""
    found = []
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(name.name, []) for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append(("." * node.level + (node.module or ""), [name.name for name in node.names]))
    return found


@pytest.mark.parametrize("name", LIGHT)
def test_a_light_module_loads_none_of_the_heavy_packages(name):
    assert not loaded_by(f"import model.{name}") & (HEAVY | {"ipywidgets", "widgets"})


@pytest.mark.parametrize("name", ["types", "errors", "limits", "wording", "places", "card", "client"])
def test_a_module_of_the_standard_library_alone_loads_no_package_at_all(name):
    loaded = loaded_by(f"import model.{name}")
    assert not loaded & {"PIL", "uvicorn", "starlette", "anywidget"}
    assert loaded <= set(sys.stdlib_module_names) | {"model", "__main__", "__mp_main__"} | loaded_by("pass")


def test_the_page_loads_none_of_the_heavy_packages():
    loaded = loaded_by("import widgets.app")
    assert "ipywidgets" in loaded
    assert not loaded & HEAVY


def test_the_server_itself_waits_with_numpy_and_the_runtime_until_the_model_loads():
    assert not loaded_by("import model.server") & {"numpy", "onnxruntime", "torch", "fastai"}


def test_the_classifier_knows_the_runtime_but_neither_torch_nor_fastai():
    loaded = loaded_by("import model.classifier")
    assert "onnxruntime" in loaded
    assert not loaded & {"torch", "torchvision", "fastai", "sklearn"}


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.relative_to(HOME).as_posix())
def test_imports_run_one_way_and_name_what_they_take(source):
    for module, names in imports(source):
        assert "*" not in names, f"{source.name} imports * from {module}"
        assert not module.startswith("."), f"{source.name} imports {module} by its place"
        if source.relative_to(HOME).parts[0] == "model":
            assert module.partition(".")[0] not in ("widgets", "ipywidgets", "anywidget", "traitlets")
        else:
            assert module.partition(".")[0] not in HEAVY


def test_only_one_module_opens_pictures():
    opening = [source for source in SOURCES if "Image.open(" in source.read_text(encoding="utf-8")]
    assert [source.relative_to(HOME).as_posix() for source in opening] == ["model/images.py"]


def test_only_the_modules_that_read_learners_know_fastai():
    knowing = {source.stem for source in SOURCES if any(module.startswith("fastai") for module, _ in imports(source))}
    assert knowing == {"conversion", "crossfit", "following", "learner", "train", "weights"}


def test_no_module_takes_a_pool_that_unpickles_what_its_workers_send():
    for source in SOURCES:
        for module, names in imports(source):
            assert module.partition(".")[0] not in ("multiprocessing", "pebble"), source.name
            assert "ProcessPoolExecutor" not in names, source.name


def test_only_one_module_knows_pickle():
    knowing = {source.stem for source in SOURCES if any(module == "pickle" for module, _ in imports(source))}
    assert knowing <= {"learner", "checkup"}
