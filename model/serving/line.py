"""The line in front of the model: whose photo is next, how many are before one, who gives way when it is full.

Turns are shared by their seconds, as start-time fair queueing does (Goyal, Vin and Cheng, 1996): a lone photo never waits
behind many of another's, and what was done for a visit while nobody else was there is no debt when others come. A quick turn
is kept for visits for which hardly anything was done lately: these need not even wait until a slow photo is done. Knows no
pictures. For one event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import count

from model.errors import Busy

MAX_WAITING = 128  # photos in line, those that have their turn included
MAX_BYTES = 256 << 20  # of all of them
EACH = 0.02  # seconds that each photo counts at least
LITTLE = 1.0  # seconds of turns, lately, that are hardly anything,
FRACTION = 4  # or a share of what was done for those that have their turn
HALF_LIFE = 30.0  # seconds after which half of what was done for a visit is forgotten
MAX_VISITS = 256  # that are remembered when nothing of theirs is in line
INVITED_SECONDS = 2.0  # in which who was told that there is room may come
FULL = "Too many photos are waiting: send yours again in a minute."


class Line:
    """Photos that wait for turns, of which there are `at_once` at a time and `quick` ones more; none before it is opened."""

    def __init__(self, at_once: int, quick: int):
        self._turns, self._open = {False: at_once, True: quick}, False
        self._visits: dict[str, _Visit] = {}
        self._numbers = count()
        self._begun = 0.0  # where, in seconds of turns for each visit, the latest turn begins
        self._in_work = {False: 0, True: 0}  # photos that have their turn, by whether it is a quick one
        self._invited: deque[tuple[float, str, int]] = deque()  # until when, the visit, bytes

    @contextlib.asynccontextmanager
    async def turn(self, visit: str, photo: str = "", size: int = 0) -> AsyncIterator[Turn]:
        """Wait for a turn of one of the visit's photos, of `size` bytes; it is over at the end of the block or with `Turn.end`.

        Who is cancelled loses the place. Raises Busy where the line is full and others have fewer photos in it.
        """
        place = self._enter(visit, photo, size)
        try:
            self._give_turns()
            yield Turn(self, place, quick=await place.called)
        finally:
            self._leave(place)

    def open(self) -> None:
        """Begin to give turns."""
        self._open = True
        self._give_turns()

    def before(self, visit: str, photo: str) -> int | None:
        """How many photos are before this one, those in work included; None where it is not in line."""
        ranks = {place: rank for each in self._visits.values() for place, rank in each.ranks()}
        own = next((rank for place, rank in ranks.items() if (place.visit.name, place.photo) == (visit, photo)), None)
        if own is None:
            return 0 if any(visit == each.name and photo in each.in_work for each in self._visits.values()) else None
        return sum(self._in_work.values()) + sum(rank < own for rank in ranks.values())

    def has_room(self, visit: str, size: int, invite: bool = False) -> bool:
        """Whether one more photo of this visit, of `size` bytes, would get a place beside those that were told so just now.

        `invite` where it is told so to who has not begun to send it.
        """
        now = time.monotonic()
        while self._invited and self._invited[0][0] < now:
            self._invited.popleft()
        if not invite and any(invited[1:] == (visit, size) for invited in self._invited):
            return True
        others = (len(self._invited), sum(size for *_, size in self._invited))
        own = [invited for _, name, invited in self._invited if name == visit]
        try:
            self._giving_way(self._visits.get(visit) or _Visit(visit), size, others, (len(own), sum(own)))
        except Busy:
            return False
        if invite:
            self._invited.append((now + INVITED_SECONDS, visit, size))
        return True

    def _enter(self, name: str, photo: str, size: int) -> _Place:
        visit = self._visits.get(name) or _Visit(name)
        invited = next((each for each in self._invited if each[1:] == (name, size)), None)
        if invited:
            self._invited.remove(invited)
        self._make_room(visit, size)
        self._visits[name] = visit
        if not visit.places:
            visit.begins = max(visit.begins, self._begun)
        place = _Place(visit, photo, size, next(self._numbers), asyncio.get_running_loop().create_future())
        visit.waiting.append(place)
        visit.size += size
        visit.places += 1
        return place

    def _make_room(self, visit: _Visit, size: int) -> None:
        """Let the latest photos of the visit with most in line give way to one of a visit with less. Raises Busy."""
        while greediest := self._giving_way(visit, size):
            last = greediest.waiting.pop()
            greediest.forget(last)
            if not last.called.done():
                last.called.set_exception(Busy(FULL))

    def _giving_way(
        self, visit: _Visit, size: int, more: tuple[int, int] = (0, 0), own: tuple[int, int] = (0, 0)
    ) -> _Visit | None:
        """The visit of which a photo has to give way to one of this; None where there is room. Raises Busy.

        `more` are places and bytes that others, too, are to have, `own` those of them that are of this visit.
        """
        if self._share(1 + more[0], size + more[1], *self._visits.values()) <= 1:
            return None
        greediest = max((each for each in self._visits.values() if each.waiting), key=self._share_of, default=None)
        if greediest is None or self._share_of(greediest) <= self._share(1 + own[0], size + own[1], visit):
            raise Busy(FULL)
        return greediest

    def _share_of(self, visit: _Visit) -> float:
        return self._share(0, 0, visit)

    @staticmethod
    def _share(places: int, size: int, *visits: _Visit) -> float:
        """How much of the line these visits have, with so many photos more; over 1 it is full."""
        places += sum(visit.places for visit in visits)
        size += sum(visit.size for visit in visits)
        return max(places / max(MAX_WAITING, 1e-9), size / MAX_BYTES)

    def _give_turns(self) -> None:
        while found := self._next():
            visit, quick = found
            place = visit.waiting.popleft()
            if place.called.done():  # its sender has left
                continue
            visit.in_work.append(place.photo)
            self._in_work[quick] += 1
            self._begun = max(self._begun, visit.begins)
            place.began, place.quick = time.monotonic(), quick
            place.called.set_result(quick)

    def _next(self) -> tuple[_Visit, bool] | None:
        """The visit that gets the next turn, and whether that is a quick one; None where all wait on."""
        waiting = [visit for visit in self._visits.values() if visit.waiting]
        if not self._open or not waiting:
            return None
        if self._in_work[True] < self._turns[True]:
            least = min((each.used() for each in self._visits.values() if each.in_work), default=0.0)
            little = max(LITTLE, least / FRACTION)
            quick = [visit for visit in waiting if not visit.in_work and visit.used() <= little]
            if quick:
                return min(quick, key=_Visit.priority), True
        return (min(waiting, key=_Visit.priority), False) if self._in_work[False] < self._turns[False] else None

    def end(self, place: _Place) -> None:
        """The turn of this place is over, and the next one has its turn; the place in line is still taken."""
        if place.began is not None:
            visit = place.visit
            visit.use(time.monotonic() - place.began)
            visit.in_work.remove(place.photo)
            self._in_work[place.quick] -= 1
            place.began = None
            self._give_turns()

    def _leave(self, place: _Place) -> None:
        visit = place.visit
        if place in visit.waiting:
            visit.waiting.remove(place)
        visit.forget(place)
        self.end(place)
        if len(self._visits) > MAX_VISITS:
            self._visits = {name: each for name, each in self._visits.items() if each.places or each.used() > LITTLE / 100}


class Turn:
    """A photo's turn; `quick` says that it is one of those for visits for which hardly anything was done."""

    def __init__(self, line: Line, place: _Place, quick: bool):
        self._line, self._place, self.quick = line, place, quick

    def end(self) -> None:
        """Let the next photo have its turn, while this one still has its place in line."""
        self._line.end(self._place)


@dataclass(eq=False)
class _Place:
    """One photo in line; `began` says when its turn did, while it has it."""

    visit: _Visit
    photo: str
    size: int
    number: int
    called: asyncio.Future[bool]
    began: float | None = None
    quick: bool = False
    counts: bool = True


@dataclass(eq=False)
class _Visit:
    """What of one visit is in line, how much was done for it lately, and where its next turn `begins` on the line's scale."""

    name: str
    waiting: deque[_Place] = field(default_factory=deque)
    in_work: list[str] = field(default_factory=list)  # names of its photos that have their turn
    places: int = 0
    size: int = 0
    begins: float = 0.0
    _used: float = 0.0
    _at: float = field(default_factory=lambda: time.monotonic())  # the module's own, which tests set

    def used(self) -> float:
        """Seconds of turns, of which half is forgotten after HALF_LIFE."""
        now = time.monotonic()
        self._used *= 0.5 ** ((now - self._at) / HALF_LIFE)
        self._at = now
        return self._used

    def use(self, seconds: float) -> None:
        seconds = max(seconds, EACH)
        self._used = self.used() + seconds
        self.begins += seconds

    def forget(self, place: _Place) -> None:
        if place.counts:
            place.counts = False
            self.places -= 1
            self.size -= place.size

    def priority(self, behind: int = 0) -> tuple[int, float, float, int]:
        """Who has the least is next, the photo behind so many others of its visit."""
        return len(self.in_work) + behind, self.begins, self.used(), self.waiting[behind].number

    def ranks(self) -> list[tuple[_Place, tuple[int, float, float, int]]]:
        """The waiting photos, with what orders them among those of all visits, as far as that can be told now."""
        return [(place, self.priority(behind)) for behind, place in enumerate(self.waiting)]
