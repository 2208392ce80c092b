"""Single bits flipped in an export, in its card and in its safe form: none of them is served."""

from __future__ import annotations

import random
import shutil
import tempfile
from pathlib import Path

from rows import Row
from samples import flipped

from model.artifacts import SafeModel, build, model_card
from model.core import PROJECT, checksum
from model.errors import AppError


def flipped_bits(bits: int) -> Row:
    export = PROJECT / "export.pkl"
    refused = {"export": 0, "safe form": 0}
    with tempfile.TemporaryDirectory(prefix="vl") as name:
        folder = Path(name)
        shutil.copy(export, folder)
        shutil.copy(model_card.beside(export), folder)
        form = Path(shutil.copytree(build.make_safe_model(export, checksum(export)), folder / "form"))
        rng = random.Random(0)
        for _ in range(bits):
            refused["export"] += _is_refused(
                folder / export.name, rng, lambda: model_card.admit(folder / export.name, named=False)
            )
            file = rng.choice(sorted(form.iterdir()))
            refused["safe form"] += _is_refused(file, rng, lambda: SafeModel.load(form))
    measured = ", ".join(f"{name}: {count} of {bits}" for name, count in refused.items())
    return Row("flipped bits found when loaded", "all", measured, set(refused.values()) == {bits})


def _is_refused(file: Path, rng: random.Random, load) -> bool:
    whole = file.read_bytes()
    file.write_bytes(flipped(whole, rng.randrange(8 * len(whole))))
    try:
        load()
    except (AppError, ValueError, OSError):
        return True
    finally:
        file.write_bytes(whole)
    return False
