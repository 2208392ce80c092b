"""The browser's runtime comes by package name, and only files with the right checksums are kept."""

from __future__ import annotations

import io
import subprocess
import tarfile

import pytest

from model.core import cache_folder, checksum_of
from model.errors import AppError
from model.publishing import runtime
from model.publishing.runtime import Pins, browser_runtime, unpack

CONTENT = b"export const run = () => 1;"
PINS = Pins("some-runtime", "1.0.0", "MIT", {"run.mjs": checksum_of(CONTENT)})


def package(folder, name="package/dist/run.mjs", content=CONTENT, kind=tarfile.REGTYPE):
    file = folder / "some-runtime-1.0.0.tgz"
    with tarfile.open(file, "w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.size, member.type, member.linkname = len(content), kind, "/etc/hostname"
        archive.addfile(member, io.BytesIO(content))
    return file


def test_the_pinned_files_are_taken_and_nothing_else(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    unpack(package(tmp_path), out, PINS)
    assert {file.name: file.read_bytes() for file in out.iterdir()} == {"run.mjs": CONTENT}


@pytest.mark.parametrize(
    "other", [{"content": b"other"}, {"name": "package/dist/../run.mjs"}, {"kind": tarfile.SYMTYPE, "content": b""}]
)
def test_another_content_another_name_or_a_link_is_refused(tmp_path, other):
    with pytest.raises(AppError, match="try again"):
        unpack(package(tmp_path, **other), tmp_path, PINS)
    assert not (tmp_path / "run.mjs").exists()


def test_a_package_that_breaks_off_is_refused(tmp_path):
    file = package(tmp_path)
    file.write_bytes(file.read_bytes()[:40])
    with pytest.raises(AppError, match="try again"):
        unpack(file, tmp_path, PINS)


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """No runtime in the cache, and an npm that brings `asked.package`, or nothing."""
    monkeypatch.setenv("VOILENS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(Pins, "read", classmethod(lambda cls: PINS))

    class Npm:
        package = b""
        calls = 0

        def run(self, command, cwd, **_):
            self.calls += 1
            assert command[1:3] == ["pack", "some-runtime@1.0.0"]
            if self.package:
                (cwd / "some-runtime-1.0.0.tgz").write_bytes(self.package)
            return subprocess.CompletedProcess(command, 0 if self.package else 1, "", "network unreachable")

    npm = Npm()
    monkeypatch.setattr(runtime, "_npm", lambda: ["npm"])
    monkeypatch.setattr(runtime.subprocess, "run", npm.run)
    return npm


def test_the_runtime_is_fetched_once_and_again_where_it_is_damaged(asked, tmp_path):
    asked.package = package(tmp_path).read_bytes()
    folder = browser_runtime()
    assert browser_runtime() == folder == cache_folder("runtime", "some-runtime-1.0.0")
    assert asked.calls == 1
    (folder / "run.mjs").write_bytes(b"damaged")
    assert (browser_runtime() / "run.mjs").read_bytes() == CONTENT
    assert asked.calls == 2


def test_without_a_network_or_npm_a_sentence_says_what_to_do(asked, monkeypatch):
    with pytest.raises(AppError, match=r"once with a network.*or copy the folder"):
        browser_runtime()
    monkeypatch.setattr(runtime, "_npm", lambda: None)
    with pytest.raises(AppError, match="no npm here: install"):
        browser_runtime()
