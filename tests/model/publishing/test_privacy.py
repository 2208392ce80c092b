"""What is the owner's is found in a folder for strangers, whatever file it is in; what was agreed to is not."""

from __future__ import annotations

import base64
import socket

import pytest
from samples import encoded, photo

from model.core import PROJECT, checksum_of
from model.publishing.privacy import find_private

PICTURE = encoded(photo(), "JPEG")


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine with a name, a person with a name and a home, and a token."""
    monkeypatch.setenv("HOME", str(tmp_path / "people" / "margaret"))
    monkeypatch.setenv("LOGNAME", "margaret")
    monkeypatch.setattr(socket, "gethostname", lambda: "kitchen-table")
    monkeypatch.setenv("SOME_TOKEN", "s3cr3t-enough-to-be-one")
    return tmp_path


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"// made by margaret", "your user name"),
        (b'{"host": "kitchen-table"}', "the name of this machine"),
        (b"s3cr3t-enough-to-be-one", "the value of SOME_TOKEN"),
        (f"from {PROJECT}/runs".encode(), "the path of the project"),
        (b"/home/someone/photos/1.jpg", "a path of somebody's home folder"),
        (b"C:\\Users\\someone\\photos", "a path of somebody's home folder"),
        (b"key = ghp_0123456789abcdefghij0123", "what looks like a token"),
        (PICTURE, "a picture that nobody agreed to show"),
        (b'"data:image/jpeg;base64,' + base64.b64encode(PICTURE) + b'"', "a picture that nobody agreed to show"),
    ],
)
def test_what_is_the_owners_is_found(machine, content, what):
    folder = machine / "site"
    (folder / "model").mkdir(parents=True)
    (folder / "model" / "model.json").write_bytes(content)
    assert (what, "model/model.json") in [(found.what, found.file) for found in find_private(folder)]


def test_what_was_agreed_to_or_is_pinned_is_not_found(machine):
    folder = machine / "site"
    folder.mkdir()
    (folder / "1.jpg").write_bytes(PICTURE)
    (folder / "runtime.js").write_bytes(b"/home/builder/work/")
    (folder / "page.js").write_text("margarets, margaretA and a root")
    assert find_private(folder, [PICTURE], [checksum_of(b"/home/builder/work/")]) == []
