"""Who may know whom: the layers of the house, computed from the source; and what is light, seen in one fresh interpreter."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from model.core import PROJECT

# Each line may import the lines above it, never one beside it. The first word is a package of model/ or a module beside them.
LAYERS = [
    {"types", "errors"},
    {"core"},
    {"images", "jobs", "scripts", "cluster"},
    {"data", "artifacts", "backbones"},
    {"catalog", "classifier", "explanation"},
    {"journal", "intake", "evaluation", "serving", "features"},
    {"training", "client"},
    {"scoring", "publishing"},
    {"commands"},
    {"__main__"},
]
LEVEL = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}
PARTS = {"classify", "train", "measure", "clean", "label", "publish"}
HEAVY = {"torch", "torchvision", "fastai", "timm", "sklearn", "numpy", "scipy", "onnxruntime", "ray"}
FOR_WIDGETS = {  # the packages of model/ that widgets may take from; of a set, these modules alone
    **dict.fromkeys(("types", "errors", "core", "scripts", "images", "jobs", "data", "catalog", "journal", "intake", "client")),
    "cluster": {"local"},
    "artifacts": {"example_pictures", "model_card", "registry", "serving_state"},
    "evaluation": {"learning_curves", "provenance", "test_set_log"},
    "training": {"config", "estimate"},
}


@dataclass(frozen=True)
class Import:
    """`names` of `module`, taken by the file `of`; `module` is the package where a public name is taken from it."""

    of: Path
    module: str
    names: tuple[str, ...]
    for_types: bool  # below `if TYPE_CHECKING:`, which runs nothing

    def __str__(self) -> str:
        return f"{self.of}: from {self.module} import {', '.join(self.names)}"


def parsed(source: Path) -> ast.Module:
    return ast.parse((PROJECT / source).read_text(encoding="utf-8"))


def imports(source: Path) -> Iterator[Import]:
    """Every import of a file, wherever it stands."""
    tree = parsed(source)
    typed = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(source, name.name, (), id(node) in typed) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield Import(source, module, tuple(name.name for name in node.names), id(node) in typed)


def sources(*folders: str) -> list[Path]:
    return sorted(file.relative_to(PROJECT) for folder in folders for file in PROJECT.glob(f"{folder}/**/*.py"))


def module_of(source: Path) -> str:
    return ".".join(source.with_suffix("").parts).removesuffix(".__init__")


def room(module: str) -> str:
    """model.jobs.runs -> jobs, widgets.clean.cleaner -> clean, model.types -> types."""
    return [*module.split("."), ""][1]


MODULES = {module_of(source): source for source in sources("model", "widgets")}
PACKAGES = {module for module, source in MODULES.items() if source.name == "__init__.py" and module.count(".") == 1}
IMPORTS = [found for source in MODULES.values() for found in imports(source)]
OURS = [found for found in IMPORTS if found.module.partition(".")[0] in ("model", "widgets")]


def resolved(found: Import) -> Iterator[str]:
    """The modules that an import reaches: `from model.jobs import start` reaches model.jobs, `from model import jobs` too."""
    for name in found.names or ("",):
        whole = f"{found.module}.{name}"
        yield whole if whole in MODULES else found.module


def origins(package: str) -> dict[str, str]:
    """Public name -> the module that defines it, by the package's `if TYPE_CHECKING:` block."""
    listed = [found for found in imports(MODULES[package]) if found.for_types]
    return {
        name: f"{found.module}.{name}" if found.module == package else found.module for found in listed for name in found.names
    }


def test_every_room_of_the_model_has_its_place_in_the_layers():
    rooms = {room(module) for module in MODULES if module.startswith("model.")}
    assert rooms <= set(LEVEL)


@pytest.mark.parametrize("of", sorted({room(module) for module in MODULES if module.startswith("model.")}))
def test_a_room_knows_the_layers_above_it_alone(of):
    for found in OURS:
        if found.of.parts[0] != "model" or room(module_of(found.of)) != of:
            continue
        for module in resolved(found):
            assert module.partition(".")[0] == "model", f"{found}: the model never imports widgets"
            reached = room(module)
            if module != "model" and reached != of:
                assert LEVEL[reached] < LEVEL[of], f"{found}: {reached} is not above {of}"


def test_what_is_taken_from_a_package_is_public():
    for found in [*OURS, *(each for source in sources("benchmarks") for each in imports(source))]:
        inside = module_of(found.of)
        for package in PACKAGES - {"model.commands"}:
            if inside == package or inside.startswith(f"{package}."):
                continue
            if found.module != "model.core.lazy":  # how packages become public
                assert not found.module.startswith(f"{package}."), f"{found}: take it from {package}"
            if found.module == package:
                assert set(found.names) <= set(origins(package)), f"{found}: not public"


def test_no_package_is_named_by_its_place_and_nothing_is_imported_whole():
    for found in IMPORTS:
        assert "*" not in found.names, found
        assert not found.module.startswith("."), found


def test_a_part_of_the_page_never_knows_another():
    for found in OURS:
        part = room(module_of(found.of))
        if found.of.parts[0] == "widgets" and part in PARTS | {"shared", "page"}:
            for module in resolved(found):
                if module.startswith("widgets."):
                    assert room(module) in {part, "shared"}, f"{found}: app.py joins the parts"


def test_the_guard_is_of_the_server_and_the_page_of_the_kernel():
    for found in OURS:
        if found.of.parts[0] == "widgets":
            inside = room(module_of(found.of)) == "guard"
            for module in resolved(found):
                if module.startswith("widgets."):
                    assert (room(module) == "guard") == inside, f"{found}: neither knows the other"
    assert not loaded_by("import widgets.guard") & {"ipywidgets", "anywidget"}


def test_the_page_takes_light_modules_alone():
    for found in OURS:
        if found.of.parts[0] != "widgets":
            continue
        for module in resolved(found):
            if not module.startswith("model."):
                continue
            package = room(module)
            assert package in FOR_WIDGETS, f"{found}: widgets may not take from {package}"
            allowed = FOR_WIDGETS[package]
            if allowed is not None and module == f"model.{package}" and found.module == module:
                taken = {origins(module)[name].rpartition(".")[2] for name in found.names}
                assert taken <= allowed, f"{found}: of {package}, widgets may take from {', '.join(sorted(allowed))} alone"


def light() -> list[str]:
    """Every module of widgets/, and every module of model/ that one of them takes something from."""
    wanted = {module for module in MODULES if module.split(".")[0] == "widgets"}
    for found in OURS:
        if found.of.parts[0] == "widgets" and not found.for_types:
            for module in resolved(found):
                names = origins(module) if module in PACKAGES and module == found.module else {}
                wanted |= {names.get(name, module) for name in found.names} if names else {module}
    return sorted(wanted - {"model"})


def test_what_the_page_needs_loads_none_of_the_heavy_packages():
    """One interpreter imports them all, one after the other, and says after each what it holds by then."""
    script = f"""
import json, sys
from importlib import import_module
heavy, found = set({sorted(HEAVY)!r}), {{}}
for name in {light()!r}:
    import_module(name)
    found[name] = sorted(heavy & {{module.partition(".")[0] for module in sys.modules}})
print(json.dumps(found))
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert {name: heavy for name, heavy in json.loads(done.stdout).items() if heavy} == {}


def loaded_by(statement: str) -> set[str]:
    """The top-level packages that a fresh interpreter holds after `statement`."""
    script = f"{statement}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_vocabulary_and_the_core_are_of_the_standard_library_alone():
    names = [
        module
        for module in MODULES
        if room(module) in ("types", "errors", "core", "scripts", "jobs") and module.startswith("model.")
    ]
    loaded = loaded_by(
        f"import {', '.join([*names, 'model.client', 'model.artifacts.model_card', 'model.artifacts.serving_state'])}"
    )
    assert not loaded & (HEAVY | {"PIL", "uvicorn", "starlette", "anywidget", "ipywidgets", "widgets"})
    assert loaded <= set(sys.stdlib_module_names) | {"model", "__main__", "__mp_main__"} | loaded_by("pass")


def test_the_server_waits_with_numpy_and_the_runtime_until_the_model_loads():
    assert not loaded_by("import model.serving.server") & {"numpy", "onnxruntime", "torch", "fastai"}


def test_the_classifier_knows_the_runtime_but_neither_torch_nor_fastai():
    loaded = loaded_by("import model.classifier")
    assert "onnxruntime" in loaded
    assert not loaded & {"torch", "torchvision", "fastai", "sklearn"}


def files_that(mention: str) -> set[str]:
    return {source.as_posix() for source in MODULES.values() if mention in (PROJECT / source).read_text(encoding="utf-8")}


def files_that_import(package: str) -> set[str]:
    return {found.of.as_posix() for found in IMPORTS if found.module.partition(".")[0] == package}


def test_one_module_alone_opens_pictures():
    assert files_that("Image.open(") == {"model/images/decode.py"}


def test_one_module_alone_knows_pickle():
    assert files_that_import("pickle") == {"model/artifacts/pickles.py"}


def test_only_what_trains_and_what_reads_learners_knows_fastai():
    for file in files_that_import("fastai"):
        allowed = [f"model/artifacts/{name}.py" for name in ("fastai_reader", "fastai_transforms", "onnx_writer")]
        assert file.startswith("model/training/") or file in allowed, file


def test_ray_is_known_to_what_starts_it_and_to_what_it_runs_alone():
    assert files_that_import("ray") == {
        "model/cluster/local.py",
        "model/scoring/on_ray.py",
        "model/serving/on_this_machine.py",
        "model/serving/replicas.py",
    }


def test_one_module_alone_holds_the_schema():
    assert files_that("CREATE TABLE") == {"model/catalog/database.py"}


def test_one_module_alone_puts_files_in_the_place_of_others():
    assert files_that("os.replace(") <= {"model/core/files.py", "model/journal/file_moves.py"}


def test_nothing_is_unpickled_of_what_workers_send():
    for found in IMPORTS:
        assert found.module.partition(".")[0] not in ("multiprocessing", "pebble"), found
        assert "ProcessPoolExecutor" not in found.names, found
