"""What must not be in a folder that strangers get: words of the owner's machine, secrets, pictures nobody agreed to.

Knows bytes, no page and no model.
"""

from __future__ import annotations

import base64
import binascii
import getpass
import os
import re
import socket
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from model.core import PROJECT, checksum_of

SHORTEST = 4  # letters of a name that is looked for; a shorter one is found in anything
OF_ANY_MACHINE = {"root", "user", "admin", "home", "ubuntu", "debian", "runner", "jovyan", "localhost", "build", "test"}
SECRET = re.compile("TOKEN|SECRET|PASSWORD|API_KEY", re.IGNORECASE)  # names of variables whose values are nobody's business
SECRET_LENGTH = 12
HOMES = re.compile(rb"/(?:home|Users)/[^/\s\"'<>]+/|[A-Z]:\\+Users\\+[^\\\s\"'<>]+\\")
TOKENS = re.compile(rb"\b(?:ghp_|gho_|github_pat_|hf_|glpat-|npm_|xox[bp]-|AKIA)[A-Za-z0-9_-]{16,}")
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"RIFF")
EMBEDDED = re.compile(rb"data:image/(?:jpeg|png|webp|gif);base64,([A-Za-z0-9+/=]+)")


class Finding(NamedTuple):
    """What was found in which file; `what` is a name for it, never the thing itself."""

    file: str
    what: str


def find_private(folder: Path, agreed: Collection[bytes] = (), pinned: Collection[str] = ()) -> list[Finding]:
    """What of the owner's is in the files below `folder`.

    `agreed` are the pictures that may be there, `pinned` the checksums of files that come from elsewhere as they are.
    """
    words, allowed = list(_words()), {checksum_of(picture) for picture in agreed}
    found = []
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        content = file.read_bytes()
        if checksum_of(content) not in pinned:
            name = file.relative_to(folder).as_posix()
            found += [Finding(name, what) for what in dict.fromkeys(_private_in(content, words, allowed))]
    return found


def _private_in(content: bytes, words: list[tuple[str, re.Pattern[bytes]]], allowed: set[str]) -> Iterator[str]:
    if content.startswith(PICTURES) and checksum_of(content) not in allowed:
        yield "a picture that nobody agreed to show"
    for embedded in EMBEDDED.findall(content):
        if checksum_of(_decoded(embedded)) not in allowed:
            yield "a picture that nobody agreed to show"
    for what, pattern in words:
        if pattern.search(content):
            yield what
    if HOMES.search(content):
        yield "a path of somebody's home folder"
    if TOKENS.search(content):
        yield "what looks like a token"


def _words() -> Iterator[tuple[str, re.Pattern[bytes]]]:
    """What is looked for, with a name for it."""
    home = str(Path.home())
    if home.count("/") > 1:
        yield "the path of your home folder", _whole(home)
    yield "the path of the project", _whole(str(PROJECT))
    for what, name in (("your user name", _user()), ("the name of this machine", socket.gethostname())):
        if len(name) >= SHORTEST and name.lower() not in OF_ANY_MACHINE:
            yield what, _whole(name)
    for name, value in os.environ.items():
        if SECRET.search(name) and len(value) >= SECRET_LENGTH:
            yield f"the value of {name}", _whole(value)


def _whole(word: str) -> re.Pattern[bytes]:
    return re.compile(rb"(?<![A-Za-z0-9])" + re.escape(os.fsencode(word)) + rb"(?![A-Za-z0-9])")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a number without a name
        return ""


def _decoded(text: bytes) -> bytes:
    try:
        return base64.b64decode(text)
    except binascii.Error:
        return b""
