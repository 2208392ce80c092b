"""How numbers, times and lists are written in sentences. Standard library only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

UNIT = "\u00a0%"  # which stays with its number


def percent(share: float) -> str:
    """A share as people read it: never "100 %" for what is merely close, never "0 %" for what is not nothing."""
    if 0.995 <= share < 1:
        return ">99 %"
    if 0 < share <= 0.005:
        return "<1 %"
    return f"{100 * share:.0f} %"


def listing(names: Sequence[str], joint: str = "or", most: int = 12) -> str:
    """ "a, b or c"; of more than `most` names, the first few and how many there are."""
    if len(names) > most:
        return f"{', '.join(names[:5])} and {len(names) - 5} more"
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {joint} {names[-1]}"


def number_of(number: int, thing: str) -> str:
    """ "1 picture", "2,000 pictures"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def duration(seconds: float) -> str:
    """ "45 s", "12 min"."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def one_line(name: str) -> str:
    """A file name as it can stand in a sentence: line breaks and what cannot be shown are escaped."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in name)


def as_text(name: str) -> str:
    """A name that may be no text (a file name in an old encoding) as one that can be written as UTF-8; text stays as it is."""
    return name.encode("utf-8", "backslashreplace").decode()


def file_list(files: Sequence[str]) -> str:
    """File names as a listing in a sentence."""
    return listing([one_line(file) for file in files], "and")


def percent_tenths(share: float) -> str:
    """A share with one decimal; never 100.0 % for what is merely close, never 0.0 % for what is not nothing."""
    if 0.9995 <= share < 1:
        return ">99.9" + UNIT
    if 0 < share <= 0.0005:
        return "<0.1" + UNIT
    return f"{100 * share:.1f}{UNIT}"


def percent_interval(share: float, interval: Sequence[float]) -> str:
    """A share with its 95 % interval."""
    low, high = interval
    return f"{percent_tenths(share)} ({percent_tenths(low).removesuffix(UNIT)} to {percent_tenths(high)})"


def short_time(started: str) -> str:
    """A time as people write it: 22 Nov, 19:30."""
    return f"{datetime.fromisoformat(started):%-d %b, %H:%M}"
