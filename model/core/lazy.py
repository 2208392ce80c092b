"""Public names of a package that are imported on first use (PEP 562), so that a light module never waits for a heavy one."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any


def on_first_use(package: str) -> Callable[[str], Any]:
    """The `__getattr__` of a package: each name that its `if TYPE_CHECKING:` block imports is imported when it is asked for.

    So the block says once, to readers, type checkers and Python, where each public name is defined. Names that stand nowhere
    there raise AttributeError, as they do in any module.
    """
    origins: dict[str, str] = {}

    def find(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if not origins:
            origins.update(_origins(package))
        if name not in origins:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        origin = import_module(origins[name])
        value = origin if origins[name] == f"{package}.{name}" else getattr(origin, name)
        setattr(sys.modules[package], name, value)  # next time it is found without asking here
        return value

    return find


def _origins(package: str) -> dict[str, str]:
    """Name -> the module that defines it, or that is it."""
    source = Path(sys.modules[package].__file__ or "").read_text(encoding="utf-8")
    blocks = [node for node in ast.parse(source).body if isinstance(node, ast.If)]
    imports = [node for block in blocks for node in block.body if isinstance(node, ast.ImportFrom)]
    return {
        name.name: f"{package}.{name.name}" if node.module == package else str(node.module)
        for node in imports
        for name in node.names
    }
