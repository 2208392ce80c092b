"""The limits that SECURITY.md tells are those that hold."""

from __future__ import annotations

from model.core import MAX_BYTES, MAX_JPEG_PIXELS, MAX_PIXELS, PROJECT, SECONDS
from model.intake import corrections, visitor
from widgets.guard import limits


def test_the_limits_in_numbers_are_those_of_the_code():
    text = (PROJECT / "SECURITY.md").read_text(encoding="utf-8")
    rows = [line.split("|")[2].strip() for line in text.splitlines() if line.startswith("| ")][1:]
    mb = 1_000_000
    assert rows == [
        f"{limits.MAX_HEADERS >> 10} KB, within {limits.HEADER_SECONDS:.0f} s",
        f"{limits.MAX_BODY // mb} MB, within {limits.BODY_SECONDS:.0f} s",
        f"{limits.MAX_MESSAGE // mb} MB, of which {limits.MAX_CONTENT // 1000} KB are JSON, {limits.MAX_DEPTH} levels deep, "
        f"with at most {limits.MAX_BUFFERS} buffers",
        f"{limits.MAX_CONNECTIONS}",
        f"{limits.MAX_WAITING}, and {limits.MAX_WAITING_BYTES // mb} MB",
        f"{limits.POINTS_PER_SECOND:,} a second, {limits.POINTS_AT_ONCE:,} at once; each KB of JSON counts as one more",
        f"{limits.BYTES_PER_SECOND // mb} MB a second, {limits.BYTES_AT_ONCE // mb} MB at once, "
        f"{limits.MAX_BYTES // mb:,} MB in a visit",
        f"{limits.CONNECTIONS_PER_SECOND} a second, {limits.CONNECTIONS_AT_ONCE} at once",
        f"{MAX_BYTES // mb} MB, {MAX_PIXELS // mb} million pixels (JPEG: {MAX_JPEG_PIXELS // mb} million), {SECONDS:.0f} s",
        f"{visitor.MAX_PHOTOS}, and {visitor.MAX_BYTES // mb} MB",
        f"{corrections.MAX_FILE // mb} MB, {corrections.MAX_PHOTOS} photos",
    ]
