"""The joining of modules: the text does what the files do where a browser loads them, and says what cannot be joined."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re

import anywidget
import pytest
from node import evaluate, run_node, script_of

import widgets
from model.core import PROJECT
from model.scripts import ScriptError, bundle, collection, follow, has_default, program

ROOT = PROJECT / "widgets"

PROGRAMS = {
    "names, also under other names": {
        "main.js": 'import { one, two as zwei } from "./deep/other.js";\nexport default [one, zwei()];',
        "deep/other.js": "export const one = 1;\nexport function two() { return 2; }",
    },
    "a file above, and one that two files need, once": {
        "a/main.js": (
            'import { left } from "./left.js";\nimport { log, seen } from "../log.js";\n'
            'log("main");\nexport default [left, seen];'
        ),
        "a/left.js": 'import { log } from "../log.js";\nlog("left");\nexport const left = "left";',
        "log.js": 'export const seen = [];\nexport const log = (what) => seen.push(what);\nlog("log");',
    },
    "the same private name in two files": {
        "main.js": (
            'import { told } from "./other.js";\nconst name = "main";\nfunction tell() { return name; }\n'
            "export default [told(), tell()];"
        ),
        "other.js": 'const name = "other";\nfunction tell() { return name; }\nexport { tell as told };',
    },
    "the whole of a module, a default, JSON, quotes and line breaks": {
        "main.js": (
            "import * as all from './other.js'\n"
            'import named, {\n  one, // the first\n  two as second,\n} from "./other.js";\n'
            'import words from "./words.json" with { type: "json" };\nexport default [all.one, named(), one, second, words];'
        ),
        "other.js": (
            "export const one = 1,\n  unused = 0;\nconst two = 2;\nexport { two, };\nexport default function () { return 3; }"
        ),
        "words.json": '{ "a": ["“b”\\u2028", "</script>"], "c": { "d": null } }',
    },
    "a function exported before it is written, a class, an async function": {
        "main.js": 'import { later, Thing, soon } from "./other.js";\nexport default [later(), new Thing().x, soon.name];',
        "other.js": (
            "export { later };\nfunction later() { return 1; }\nexport class Thing { x = 2 }\nexport async function soon() {}\n"
            "export default class Other {}"
        ),
    },
    "what looks like an import or an export and is none": {
        "main.js": (
            'import { one } from "./other.js";\n'
            '// import { nothing } from "./nowhere.js";\n/*\nimport "./nowhere.js";\nexport const x = 1;\n*/\n'
            'const text = `\nimport "./nowhere.js";\n${[1].map((n) => `export ${n} ${{ a: 1 }.a}`)}\nexport default 2;\n`;\n'
            "const string = 'it\\'s \\\nimport \"./nowhere.js\"';\n"
            'const pattern = /[/\'"`]export default/.test("\'export default");\n'
            "const of = { import: 4, export: 8 };\nconst part = of.export / of.import / 2; // 'one\n"
            "export default [one, text, string, pattern, of.import, part];"
        ),
        "other.js": "export const one = 1;\nconst exported = 'export const one = 2;'",
    },
    "comments between the words, in templates, and where they end a statement": {
        "main.js": (
            "/** @import { T } from './t.js' */\nfunction a() { return /*\n*/ 5 }\nconst d = 1/* */+/* */1;\n"
            "import { b /* } from */, c } from './other.js'; // import\n"
            "export default /* all */ [typeof a(), b/**/, `x  \n /* kept */ ${/* not */ c} // kept`, d];"
        ),
        "other.js": "export const b = 'b'; // one\nexport const /* two */ c = 'http://c';",
    },
    "an import that stands below what uses it": {
        "main.js": 'const twice = one + one;\nimport { one } from "./other.js"; export default twice;',
        "other.js": "export const one = 1; // no line end",
    },
    "a file that is imported for what it does": {
        "main.js": 'import "./does.js";\nexport default globalThis.done;',
        "does.js": "globalThis.done = 7;",
    },
}


def write(root, files: dict[str, str]) -> str:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return next(iter(files))


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_text_does_what_the_files_do(tmp_path, name):
    files = tmp_path / "files"
    entry = write(files, {**PROGRAMS[name], "package.json": '{ "type": "module" }'})
    joined = tmp_path / "joined.mjs"
    joined.write_text(bundle(entry, files), encoding="utf-8")
    script = "tell([(await import(files)).default, (await import(joined)).default]);"
    alone = "delete globalThis.done;"
    first, second = evaluate(alone + script, files=(files / entry).as_uri(), joined=joined.as_uri())
    assert first == second
    assert first is not None


def test_each_file_comes_after_those_that_it_needs(tmp_path):
    entry = write(tmp_path, PROGRAMS["a file above, and one that two files need, once"])
    assert follow(entry, root=tmp_path) == ["log.js", "a/left.js", "a/main.js"]
    assert follow("a/left.js", entry, root=tmp_path) == ["log.js", "a/left.js", "a/main.js"]


def test_a_line_of_a_file_is_a_line_of_the_text_and_the_text_has_a_name(tmp_path):
    entry = write(tmp_path, PROGRAMS["the whole of a module, a default, JSON, quotes and line breaks"])
    text = bundle(entry, tmp_path)
    source = (tmp_path / entry).read_text().splitlines()
    lines = text.splitlines()
    start = next(number for number, line in enumerate(lines) if line.endswith("// main.js"))
    assert lines[start + len(source)] == source[-1].replace("export default", "const $default =")
    assert text.endswith("\n//# sourceURL=voilens/main.js\n")


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"main.js": "const a = 1;"}, "main.js has no default export"),
        ({"main.js": '\nimport { b } from "./b.js";', "b.js": "export const a = 1;"}, "main.js:2: b.js exports no b, only a."),
        ({"main.js": '/*\n*/\nimport "./gone.js";'}, "main.js:3: there is no file gone.js"),
        ({"main.js": 'import "../../outside.js";'}, "“../../outside.js” is no file of this folder"),
        ({"main.js": 'import "three";'}, "“three” is no file of this folder"),
        ({"main.js": 'import a from "./a.json";', "a.json": "1"}, '`with { type: "json" }`'),
        ({"main.js": 'import a from "./a.js" with { type: "json" };', "a.js": ""}, '`with { type: "json" }`'),
        (
            {"main.js": 'import { x } from "./a.json" with { type: "json" };', "a.json": "{}"},
            "a.json exports no x",
        ),
        ({"main.js": 'import a from "./a.json" with { type: "json" };', "a.json": "{,}"}, "a.json is not JSON"),
        (
            {"main.js": 'import "./a.js";', "a.js": 'import "./b.js";', "b.js": 'import "./a.js";'},
            "a.js imports b.js imports a.js: a circle",
        ),
        ({"main.js": 'import "./main.js";'}, "main.js imports main.js: a circle"),
        ({"main.js": "export let count = 0;"}, "main.js:1: only functions, classes, constants of one name"),
        ({"main.js": "export const { a, b } = {};"}, "only functions, classes, constants of one name"),
        ({"main.js": 'export { a } from "./a.js";', "a.js": "export const a = 1;"}, "`export ... from` is not followed"),
        ({"main.js": 'export * from "./a.js";', "a.js": "export const a = 1;"}, "only functions, classes"),
        ({"main.js": "export const a = 1;\nexport { a };"}, "main.js:2: a is exported twice"),
        ({"main.js": 'const a = import("./a.js");', "a.js": ""}, "main.js:1: only static imports"),
        ({"main.js": "\n\nconst a = import.meta.url;"}, "main.js:3: only static imports"),
        ({"main.js": "const a = `\n${`;"}, "a template that does not end"),
        ({"main.js": "const a = 1;\nconst b = 'x;"}, "main.js:2: a string that does not end"),
    ],
)
def test_what_cannot_be_joined_is_said_with_its_place(tmp_path, files, reason):
    with pytest.raises(ScriptError) as refused:
        bundle(write(tmp_path, files), tmp_path)
    assert reason in str(refused.value)


def test_a_program_runs_by_itself_with_what_is_loaded_from_outside_and_what_it_is_given(tmp_path):
    entry = write(tmp_path, {"main.js": "export default (...given) => { globalThis.done = JSON.stringify(given); };"})
    (tmp_path / "outside.mjs").write_text("export const one = 1;")
    (tmp_path / "with.mjs").write_text(program(entry, tmp_path, "./outside.mjs", name="</script>"))
    (tmp_path / "without.cjs").write_text(program(entry, tmp_path))  # no module
    script = "const done = [];\nfor (const file of files) { await import(file); done.push(globalThis.done); }\ntell(done);"
    done = evaluate(script, files=[(tmp_path / name).as_uri() for name in ("with.mjs", "without.cjs")])
    assert [json.loads(each) for each in done] == [[{"one": 1}, {"name": "</script>"}], []]


def test_an_entry_that_is_not_there_is_said(tmp_path):
    with pytest.raises(ScriptError, match=r"There is no script gone\.js"):
        bundle("gone.js", tmp_path)


def scripts_of_widgets() -> dict[str, str]:
    """The script of each widget that the page has, by the widget's name."""
    for module in pkgutil.walk_packages(widgets.__path__, "widgets."):
        importlib.import_module(module.name)
    kinds = [anywidget.AnyWidget]
    for kind in kinds:
        kinds += kind.__subclasses__()
    own = [kind for kind in kinds if kind.__module__.startswith("widgets.") and "_esm" in vars(kind)]
    return {kind.__name__: script_of(kind) for kind in own if not kind.__name__.endswith("Sheet")}


def test_the_script_of_every_widget_is_a_module_that_can_draw(tmp_path):
    scripts = scripts_of_widgets()
    assert len(scripts) > 12
    for name, text in scripts.items():
        (tmp_path / f"{name}.mjs").write_text(str(text), encoding="utf-8")
        run_node("--check", tmp_path / f"{name}.mjs")
    where = {name: (tmp_path / f"{name}.mjs").as_uri() for name in scripts}
    drawing = (
        "for (const name in where) if (typeof (await import(where[name])).default.render === 'function') drawn.push(name);"
    )
    assert evaluate(f"const drawn = [];\n{drawing}\ntell(drawn);", where=where) == list(scripts)


def test_every_script_below_widgets_is_used_by_some_widget_or_by_the_page_without_a_server():
    there = {file.relative_to(ROOT).as_posix() for file in ROOT.rglob("*.js") if ROOT / "template" not in file.parents}
    site = json.loads((ROOT / "static/site.json").read_text(encoding="utf-8"))
    alone = [program(site[name], ROOT) for name in ("page", "worker", "keeper")]
    begun = re.findall(r'scripts\["(.+?)"\]', (ROOT / "template/first.html").read_text(encoding="utf-8"))
    text = "".join([*map(str, scripts_of_widgets().values()), *alone, collection(*begun, root=ROOT)])
    assert {name for name in there if f"// {name}\n" not in text} == set()


def test_several_scripts_make_one_text_and_share_what_both_import(tmp_path):
    (tmp_path / "shared.js").write_text("export const seen = [];")
    for name in ("one", "two"):
        (tmp_path / f"{name}.js").write_text(
            f'import {{ seen }} from "./shared.js";\nexport default () => seen.push("{name}") && seen;'
        )
    text = collection("one.js", "two.js", root=tmp_path)
    (tmp_path / "all.mjs").write_text(text)
    where = (tmp_path / "all.mjs").as_uri()
    ran = "const scripts = (await import(where)).default;\nscripts['one.js']();\ntell(scripts['two.js']());"
    assert evaluate(ran, where=where) == ["one", "two"]
    assert has_default("one.js", tmp_path) and not has_default("shared.js", tmp_path)
    with pytest.raises(ScriptError, match=r"shared.js has no default export"):
        collection("one.js", "shared.js", root=tmp_path)
