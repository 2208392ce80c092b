"""What each package shows to the others: declared once, found on first use, described; and the contracts, where they were."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module

import pytest

from model.core import PROJECT

PACKAGES = sorted(
    ".".join(file.parent.relative_to(PROJECT).parts)
    for folder in ("model", "widgets")
    for file in PROJECT.glob(f"{folder}/*/__init__.py")
    if file.parent.name != "commands"
)


def listed(package: str) -> set[str]:
    """The names in the `if TYPE_CHECKING:` block of a package."""
    tree = ast.parse((PROJECT / package.replace(".", "/") / "__init__.py").read_text(encoding="utf-8"))
    blocks = [node for node in tree.body if isinstance(node, ast.If)]
    lines = [node for block in blocks for node in block.body if isinstance(node, ast.ImportFrom)]
    return {name.asname or name.name for node in lines for name in node.names}


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_declares_what_is_public_once_and_gives_it(package):
    module = import_module(package)
    public = getattr(module, "__all__", [])  # a package without Python has none
    assert set(public) == listed(package)
    assert all(getattr(module, name) is not None for name in public)
    with pytest.raises(AttributeError, match="no attribute 'nothing_of_the_kind'"):
        _ = module.nothing_of_the_kind


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_says_what_it_is_and_what_it_does_not_know(package):
    said = import_module(package).__doc__ or ""
    assert len(said) > 60
    assert any(word in said for word in ("Knows no", "Knows neither", "Does not know", "no pixels", "no torch", "no screen")), (
        said
    )


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_names_each_of_its_files(package):
    said = import_module(package).__doc__ or ""
    files = [file for file in (PROJECT / package.replace(".", "/")).iterdir() if file.suffix in (".py", ".js", ".css", ".json")]
    missing = {file.stem for file in files if not file.name.startswith("_")} - set(said.replace(",", " ").split())
    assert not missing, f"{package}: say in its docstring what is in {', '.join(sorted(missing))}"


def test_a_package_is_imported_without_its_modules():
    script = "import model.training, model.scoring, model.artifacts, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    loaded = {name for name in done.stdout.split() if name.startswith("model.")}
    assert loaded == {"model.training", "model.scoring", "model.artifacts", "model.core", "model.core.lazy"}


CONTRACTS = {
    "model.types": ["Prediction"],
    "model.errors": ["AppError", "BadImage"],
    "model.classifier": ["Classifier"],
    "model.client": ["connect", "Client"],
    "model.images": ["open_picture"],
    "model.serving": ["create_app", "serve"],
    "widgets": ["App", "ClassifyPanel", "Cleaner", "Uploader"],
}


@pytest.mark.parametrize("module", CONTRACTS)
def test_the_contracts_are_found_where_they_always_were(module):
    assert all(hasattr(import_module(module), name) for name in CONTRACTS[module])
