"""Paths, whole files, safe names, words and limits. Knows no picture and no model; standard library only.

paths       the project, the cache, the runtime folder of sockets; a path as a person writes it
files       checksums; a file written whole, under a free name, under a lock
safe_paths  a name from outside made a path inside a folder; symbolic links are refused
text        numbers, shares, lists, times as they are written in sentences
limits      the most bytes, pixels, seconds and memory that a stranger's picture may take
lazy        public names of a package, imported on first use
free_names  a file name that is not in use yet
audience    who sees the page
own_process a module of ours run as a program, whose refusals come back
spread      some of many, spread evenly over them
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.core.audience import is_in_voila, is_public
    from model.core.files import checksum, checksum_of, locked, put_in_place, replacing, write_atomically
    from model.core.free_names import free_name, unique_path
    from model.core.limits import (
        BATCH_SECONDS,
        MAX_BYTES,
        MAX_HEIC_PIXELS,
        MAX_JPEG_HELD,
        MAX_JPEG_PIXELS,
        MAX_JPEG_SCANS,
        MAX_PIXELS,
        SECONDS,
        SMALLER,
        WORKER_MEMORY,
        is_over_limit,
        limit_memory,
        too_many_bytes,
    )
    from model.core.own_process import run_alone, tell_refusal
    from model.core.paths import INDEX_FOLDER, PROJECT, absolute, cache_folder, runtime_folder
    from model.core.safe_paths import find_inside, is_free, is_plain_file, is_utf8, leads_inside, stays_inside
    from model.core.spread import evenly
    from model.core.text import (
        as_text,
        duration,
        file_list,
        listing,
        number_of,
        one_line,
        percent,
        percent_interval,
        percent_tenths,
        short_time,
    )

__all__ = [
    "BATCH_SECONDS",
    "INDEX_FOLDER",
    "MAX_BYTES",
    "MAX_HEIC_PIXELS",
    "MAX_JPEG_HELD",
    "MAX_JPEG_PIXELS",
    "MAX_JPEG_SCANS",
    "MAX_PIXELS",
    "PROJECT",
    "SECONDS",
    "SMALLER",
    "WORKER_MEMORY",
    "absolute",
    "as_text",
    "cache_folder",
    "checksum",
    "checksum_of",
    "duration",
    "evenly",
    "file_list",
    "find_inside",
    "free_name",
    "is_free",
    "is_in_voila",
    "is_over_limit",
    "is_plain_file",
    "is_public",
    "is_utf8",
    "leads_inside",
    "limit_memory",
    "listing",
    "locked",
    "number_of",
    "one_line",
    "percent",
    "percent_interval",
    "percent_tenths",
    "put_in_place",
    "replacing",
    "run_alone",
    "runtime_folder",
    "short_time",
    "stays_inside",
    "tell_refusal",
    "too_many_bytes",
    "unique_path",
    "write_atomically",
]
__getattr__ = on_first_use(__name__)
