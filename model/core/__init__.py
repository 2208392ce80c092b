"""Paths, whole files, safe names, words and limits. Knows no picture and no model; standard library only."""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.core.files import checksum
    from model.core.limits import (
        BATCH_SECONDS,
        MAX_BYTES,
        MAX_JPEG_PIXELS,
        MAX_JPEG_SCANS,
        MAX_PIXELS,
        SECONDS,
        WORKER_MEMORY,
        limit_memory,
        too_many_bytes,
    )
    from model.core.paths import PROJECT, absolute, cache_folder, runtime_folder
    from model.core.safe_paths import find_inside, free_name, is_free, is_plain_file, is_text, leads_inside
    from model.core.text import duration, listing, names, number_of, one_line, percent, spread, tenths, when

__all__ = [
    "BATCH_SECONDS",
    "MAX_BYTES",
    "MAX_JPEG_PIXELS",
    "MAX_JPEG_SCANS",
    "MAX_PIXELS",
    "PROJECT",
    "SECONDS",
    "WORKER_MEMORY",
    "absolute",
    "cache_folder",
    "checksum",
    "duration",
    "find_inside",
    "free_name",
    "is_free",
    "is_plain_file",
    "is_text",
    "leads_inside",
    "limit_memory",
    "listing",
    "names",
    "number_of",
    "one_line",
    "percent",
    "runtime_folder",
    "spread",
    "tenths",
    "too_many_bytes",
    "when",
]
__getattr__ = on_first_use(__name__)
