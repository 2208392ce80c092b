"""JavaScript modules joined to one text. Knows files and their static imports, and nothing of what the scripts do.

anywidget loads a widget's script from a blob, where `import "../shared/dom.js"` leads nowhere. So the files, each a module that
a browser, Node or TypeScript can load by itself, are followed from an entry and written one after the other: every
module becomes a function that is called at once and gives its exports, and its imports become constants of that function.
Comments stay behind; a line of a file is a line of the text.

Taken are static imports of files below one folder, `export` of functions, classes and constants, `export default`, and JSON
(`import words from "./words.json" with { type: "json" }`). All else (circles, `export let`, `export ... from`, `import()`)
is a ScriptError that names the file and the line, because the text would mean something else than the files do.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from model.scripts.javascript import ScriptError, without_literals

_NAME = r"[A-Za-z_$][\w$]*"
_IMPORT = re.compile(
    r"(?<![\w$.])import\b(?!\s*[(.:,}=])"
    rf"\s*(?P<clause>(?:(?P<default>{_NAME})\s*,?\s*)?(?:\*\s*as\s+(?P<space>{_NAME})|\{{(?P<names>[^}}]*)\}})?)\s*(?:\bfrom\s*)?"
    r"(?P<source>\"[^\"]*\"|'[^']*')(?P<json>\s*with\s*\{[^}]*\})?[ \t]*;?"
)
_EXPORT = re.compile(r"(?<![\w$.])export\b(?!\s*[:,}=])\s*")
_LIST = re.compile(r"\{(?P<names>[^}]*)\}[ \t]*;?(?P<source>\s*from\b)?")
_DEFAULT = re.compile(r"default\b\s*")
_DECLARATION = re.compile(rf"(?:async\s+)?(?:function\b\s*\*?|class\b)\s*(?P<name>{_NAME})")
_CONSTANT = re.compile(rf"const\s+(?P<name>{_NAME})\s*=")
_NAMED = re.compile(rf"(?P<one>{_NAME})(?:\s+as\s+(?P<other>{_NAME}))?")


@dataclass(frozen=True)
class Import:
    """What one statement takes from the module `source`: names there to names here; `*` is the whole of it."""

    source: str
    names: dict[str, str]
    line: int


@dataclass(frozen=True)
class Module:
    """A file as the body of a function: `body` has as many lines as the file; `exports` maps names outside to names inside."""

    name: str
    imports: tuple[Import, ...]
    exports: dict[str, str]
    body: str


def follow(*entries: str, root: Path) -> list[str]:
    """The files that `entries` need, themselves included, as paths below `root`: each after those that it imports."""
    return [module.name for module in _follow(entries, root)]


def bundle(entry: str, root: Path) -> str:
    """One module with the default export of `entry`, a path below `root`, and all that it imports."""
    text, (name,) = _joined((entry,), root)
    return f"{text}export default {name};\n//# sourceURL=voilens/{entry}\n"


def collection(*entries: str, root: Path) -> str:
    """One module for several scripts, which share what they import: its default export has that of each by its path."""
    text, names = _joined(entries, root)
    taken = (f"{json.dumps(entry)}: {name}" for entry, name in zip(entries, names, strict=True))
    return f"{text}export default {{ {', '.join(taken)} }};\n"


def has_default(entry: str, root: Path) -> bool:
    """Whether a page can take something from this file by itself. Raises ScriptError."""
    return "default" in _read(root, entry).exports


def program(entry: str, root: Path, *outside: str, **given: Any) -> str:
    """A script that runs by itself: it calls the default export of `entry` with the modules `outside`, addresses of scripts
    that the browser loads as they are, and with `given`, values that JSON can hold. Without anything from outside it is no
    module, so that every kind of script may be one.
    """
    text, (name,) = _joined((entry,), root)
    taken = [f"$outside{place}" for place in range(len(outside))]
    imports = "".join(f"import * as {each} from {json.dumps(address)};\n" for each, address in zip(taken, outside, strict=True))
    arguments = [*taken, *([json.dumps(given, sort_keys=True)] if given else [])]
    return f"{imports}{text}{name}({', '.join(arguments)});\n"


def _joined(entries: tuple[str, ...], root: Path) -> tuple[str, list[str]]:
    """The text of `entries` and all that they import, and the names by which their default exports are called in it."""
    modules = _follow(entries, root)
    if without := [module.name for module in modules if module.name in entries and "default" not in module.exports]:
        raise ScriptError(
            f"{without[0]} has no default export: a script ends with `export default`, and what a page takes from it."
        )
    constants = {module.name: f"${place}_{re.sub(r'[^0-9A-Za-z]', '_', module.name)}" for place, module in enumerate(modules)}
    return "".join(_scope(module, constants) for module in modules), [f"{constants[entry]}.default" for entry in entries]


def _follow(entries: tuple[str, ...], root: Path) -> list[Module]:
    found: dict[str, Module] = {}

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            circle = " imports ".join([*above[above.index(name) :], name])
            raise ScriptError(f"{circle}: a circle. Move what both need to a third file.")
        if name in found:
            return
        module = _read(root, name)
        for taken in module.imports:
            visit(taken.source, (*above, name))
            offered = found[taken.source].exports
            missing = [wanted for wanted in taken.names if wanted != "*" and wanted not in offered]
            if missing:
                raise ScriptError(
                    f"{name}:{taken.line}: {taken.source} exports no {missing[0]}, only {', '.join(sorted(offered))}."
                )
        found[name] = module

    for entry in entries:
        if not (root / entry).is_file():
            raise ScriptError(f"There is no script {entry} in {root}.")
        visit(entry, ())
    return list(found.values())


def _scope(module: Module, constants: dict[str, str]) -> str:
    """The statement that runs a module and keeps its exports."""
    if module.name.endswith(".json"):
        return f"const {constants[module.name]} = {{ default: {module.body} }}; // {module.name}\n"
    taken = []
    for each in module.imports:
        source = constants[each.source]
        taken += [f"const {here} = {source};" for there, here in each.names.items() if there == "*"]
        names = [there if there == here else f"{there}: {here}" for there, here in each.names.items() if there != "*"]
        taken += [f"const {{ {', '.join(names)} }} = {source};"] if names else []
    given = ", ".join(name if name == inside else f"{name}: {inside}" for name, inside in module.exports.items())
    head = " ".join([f"const {constants[module.name]} = (() => {{", *taken, f"// {module.name}"])
    return f"{head}\n{module.body}\nreturn {{ {given} }};\n}})();\n"


@cache
def _read(root: Path, name: str) -> Module:
    text = (root / name).read_text(encoding="utf-8")
    if name.endswith(".json"):
        try:
            return Module(name, (), {"default": "default"}, json.dumps(json.loads(text), ensure_ascii=False))
        except ValueError as error:
            raise ScriptError(f"{name} is not JSON: {error}.") from error
    return _Reader(root, name, text).module()


class _Reader:
    """Reads one file: its imports taken out of the text, its exports made to plain declarations."""

    def __init__(self, root: Path, name: str, text: str):
        self._root, self._name, self._text = root, name, text
        self._code, self._comments = without_literals(text, name)
        self._edits: list[tuple[int, int, str]] = []
        self._exports: dict[str, str] = {}

    def module(self) -> Module:
        imports = tuple(self._import(match) for match in _IMPORT.finditer(self._code))
        for match in _EXPORT.finditer(self._code):
            self._export(match)
        rest = self._edited(self._code)
        if found := re.search(r"(?<![\w$.])import\b(?!\s*[:,}=])", rest):
            raise self._error(found.start(), "only static imports of names can be followed, neither import() nor import.meta")
        self._drop_comments()
        return Module(self._name, imports, self._exports, self._edited(self._text).rstrip("\n"))

    def _drop_comments(self) -> None:
        cut = [(start, stop) for start, stop, _ in self._edits]
        for start, stop in self._comments:
            if any(first <= start < last for first, last in cut):
                continue
            while self._text[start - 1 : start] in (" ", "\t"):
                start -= 1
            self._cut(start, stop, "" if self._text[stop : stop + 1] in ("", "\n") else " ")

    def _import(self, match: re.Match[str]) -> Import:
        at = match.start()
        source = self._text[match.start("source") + 1 : match.end("source") - 1]
        name = posixpath.normpath(posixpath.join(posixpath.dirname(self._name), source))
        if not source.startswith(("./", "../")) or name.startswith("../"):
            raise self._error(at, f"“{source}” is no file of this folder: write ./ or ../ before it")
        if not (self._root / name).is_file():
            raise self._error(at, f"there is no file {name}")
        attributes = self._text[match.start("json") : match.end("json")] if match["json"] else ""
        if name.endswith(".json") != bool(re.search(r"type\s*:\s*[\"']json[\"']", attributes)):
            raise self._error(at, f'{name}: `with {{ type: "json" }}` stands after JSON, and after nothing else')
        names = dict(self._names(match["names"] or "", at))
        if match["default"]:
            names["default"] = match["default"]
        if match["space"]:
            names["*"] = match["space"]
        if match["clause"] and not names:
            raise self._error(at, "it imports nothing")
        self._cut(match.start(), match.end())
        return Import(name, names, self._line(at))

    def _export(self, match: re.Match[str]) -> None:
        at, rest = match.start(), match.end()
        if listed := _LIST.match(self._code, rest):
            if listed["source"]:
                raise self._error(at, "import it first, then export it: `export ... from` is not followed")
            for inside, outside in self._names(listed["names"], at):
                self._add(outside, inside, at)
            return self._cut(at, listed.end())
        if default := _DEFAULT.match(self._code, rest):
            declared = _DECLARATION.match(self._code, default.end())
            self._add("default", declared["name"] if declared else "$default", at)
            return self._cut(at, default.end(), "" if declared else "const $default = ")
        declared = _DECLARATION.match(self._code, rest) or _CONSTANT.match(self._code, rest)
        if not declared:
            raise self._error(at, "only functions, classes, constants of one name and `export { ... }` can be exported")
        self._add(declared["name"], declared["name"], at)
        self._cut(at, rest)

    def _names(self, names: str, at: int) -> Iterator[tuple[str, str]]:
        for part in filter(None, (part.strip() for part in names.split(","))):
            match = _NAMED.fullmatch(part)
            if not match:
                raise self._error(at, f"“{part}” is no name")
            yield match["one"], match["other"] or match["one"]

    def _add(self, outside: str, inside: str, at: int) -> None:
        if outside in self._exports:
            raise self._error(at, f"{outside} is exported twice")
        self._exports[outside] = inside

    def _cut(self, start: int, stop: int, instead: str = "") -> None:
        """Put `instead` there, and as many line ends as there were."""
        self._edits.append((start, stop, instead + "\n" * self._text.count("\n", start, stop)))

    def _edited(self, text: str) -> str:
        for start, stop, instead in sorted(self._edits, reverse=True):
            text = text[:start] + instead + text[stop:]
        return text

    def _line(self, at: int) -> int:
        return self._text.count("\n", 0, at) + 1

    def _error(self, at: int, reason: str) -> ScriptError:
        return ScriptError(f"{self._name}:{self._line(at)}: {reason}.")
