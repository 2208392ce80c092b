"""Pickles of exports: read without running anything, and opened with the names that other systems give to the same things.

The one module that knows pickle. `Unpickler` and `load` are what torch.load takes of a pickle module. Neither torch nor fastai.
"""

from __future__ import annotations

import _compat_pickle
import importlib
import pathlib
import pickle
import types
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

MOST_BYTES = 500_000_000  # of a pickle without its tensors
LEGACY_PARTS = 4  # pickles in a file of torch before 1.6, the last of them what was saved
CLOUDPICKLE = ("cloudpickle.cloudpickle", "cloudpickle.cloudpickle_fast", "cloudpickle")
load = pickle.load


class Unpickler(pickle.Unpickler):
    """Opens what Windows, macOS and other versions of Python have pickled: paths by this system's class, and functions that
    an installed library has by that library's own, because bytecode runs in one version of Python alone."""

    def find_class(self, module: str, name: str) -> Any:
        if module in ("pathlib", "pathlib._local"):
            return getattr(pathlib, {"WindowsPath": "Path", "PosixPath": "Path"}.get(name, name))
        if module in CLOUDPICKLE and name in _INSTEAD:
            return _INSTEAD[name]
        return super().find_class(module, name)


class _Code(tuple):
    """The arguments of a code object, which is not made as long as an installed function does."""

    def __new__(cls, *arguments: Any) -> _Code:
        return super().__new__(cls, arguments)

    def names(self) -> tuple[str, ...]:
        """The file, the name and, since Python 3.11, the qualified name."""
        return tuple(value for value in self if isinstance(value, str))


def _builtin_type(name: str) -> Any:
    return _Code if name == "CodeType" else getattr(types, name)


def _make_function(code: Any, namespace: dict[str, Any], *more: Any) -> Any:
    if not isinstance(code, _Code):
        return types.FunctionType(code, namespace, *more)
    return installed_function(namespace.get("__name__", ""), code.names()) or types.FunctionType(
        types.CodeType(*code), {"__builtins__": __builtins__, **namespace}, *more
    )


def _function_setstate(function: Any, state: Any) -> None:
    from cloudpickle import cloudpickle

    if installed_function(function.__module__, (function.__code__.co_filename, function.__name__, function.__qualname__)):
        return  # the library's own has it all
    cloudpickle._function_setstate(function, state)


_INSTEAD = {"_builtin_type": _builtin_type, "_make_function": _make_function, "_function_setstate": _function_setstate}


def installed_function(module: str, names: tuple[str, ...]) -> Any:
    """The function that an installed library has by this name; None where it has none. `names` are those of `_Code.names`."""
    qualified = names[-1] if len(names) > 2 else ""
    if not module.startswith(("fastai.", "fastcore.", "fasttransform.")) or not qualified or "<" in qualified:
        return None
    try:
        found: Any = importlib.import_module(module)
        for part in qualified.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError):
        return None
    function = getattr(found, "__func__", found)
    return function if isinstance(function, types.FunctionType) else None


# ---- read without running anything


class Thing:
    """What stands for an object of a pickle: its class as (module, name), the arguments it would be made of, and its state."""

    of: tuple[str, str] = ("", "")

    def __new__(cls, *arguments: Any, **_: Any) -> Thing:
        made = super().__new__(cls)
        made.arguments, made.state, made.members = arguments, {}, []
        return made

    arguments: tuple[Any, ...]
    state: Any
    members: list[Any]

    def __init__(self, *arguments: Any, **_: Any):
        pass

    def __call__(self, *arguments: Any, **_: Any) -> Thing:
        called = Thing()
        called.of, called.arguments = self.of, (self, *arguments)
        return called

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def append(self, member: Any) -> None:
        self.members.append(member)

    def extend(self, members: Any) -> None:
        self.members.extend(members)

    def add(self, member: Any) -> None:
        self.members.append(member)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.members.append((key, value))

    def fields(self) -> dict[str, Any]:
        """The attributes that the object would have."""
        return self.state if isinstance(self.state, dict) else {}


class _Inert(pickle.Unpickler):
    """Names become classes of `Thing`: nothing of the file is imported, and nothing of it is called."""

    def __init__(self, stream: IO[bytes], names: dict[tuple[str, str], type[Thing]]):
        super().__init__(stream)
        self._names = names

    def find_class(self, module: str, name: str) -> type[Thing]:
        module, name = _compat_pickle.NAME_MAPPING.get((module, name), (module, name))
        module = _compat_pickle.IMPORT_MAPPING.get(module, module)
        return self._names.setdefault((module, name), type(name, (Thing,), {"of": (module, name)}))

    def persistent_load(self, key: Any) -> Any:
        return key


def outline(file: Path) -> tuple[Any, set[tuple[str, str]]]:
    """What a pickle holds, as Things, and the names (module, name) that it would import. Raises ValueError for no pickle."""
    names: dict[tuple[str, str], type[Thing]] = {}
    try:
        with file.open("rb") as stream:
            if zipfile.is_zipfile(stream):
                with zipfile.ZipFile(stream) as archive:
                    (part,) = [part for part in archive.infolist() if part.filename.endswith("data.pkl")]
                    if part.file_size > MOST_BYTES:
                        raise ValueError("too large")
                    with archive.open(part) as pickled:
                        return _Inert(pickled, names).load(), set(names)
            stream.seek(0)
            found = [_Inert(stream, names).load()]
            if isinstance(found[0], int):  # the number by which torch knows its files
                found += [_Inert(stream, names).load() for _ in range(LEGACY_PARTS - 1)]
            return found[-1], set(names)
    except Exception as error:  # whatever a pickle that is none leads to
        raise ValueError(str(error)) from error


def walk(root: Any) -> Iterator[Thing]:
    """Every Thing below `root`, each once, in the order in which they are found."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        found = waiting.pop()
        if id(found) in seen or isinstance(found, (str, bytes, int, float)):
            continue
        seen.add(id(found))
        if isinstance(found, Thing):
            yield found
            below: list[Any] = [found.arguments, found.members, found.state]
        elif isinstance(found, dict):
            below = [*found.keys(), *found.values()]
        elif isinstance(found, (list, tuple, set, frozenset)):
            below = list(found)
        else:
            continue
        waiting += reversed(below)
