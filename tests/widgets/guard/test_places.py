"""Places for visitors: how many, who gets the next, and what an address is."""

from __future__ import annotations

import os

import pytest
from tornado.httputil import HTTPHeaders, HTTPServerRequest

from widgets.guard.places import MOST_WAITING, WAITS, Places, address_of
from widgets.guard.room import FEWEST, KEPT_FREE, OF_A_VISIT, free_memory, memory_of, visits_for


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_there_are_as_many_visits_as_places(clock):
    places = Places(3, clock)
    entered = [places.enter("a") for _ in range(3)]
    assert all(entered)
    assert places.enter("a") is None
    assert places.are_awaited()
    places.leave(entered[1])
    assert places.enter("a")
    assert not places.are_awaited()


def test_without_a_number_there_is_always_a_place(clock):
    places = Places(None, clock)
    assert all(places.enter("a") for _ in range(500))
    assert not places.are_awaited()


def test_a_classroom_behind_one_address_fills_the_page(clock):
    places = Places(30, clock)
    assert all(places.enter("school") for _ in range(30))


def test_a_free_place_goes_to_who_waits_and_holds_fewer(clock):
    places = Places(3, clock)
    entered = [places.enter("many") for _ in range(3)]
    assert places.enter("one") is None
    places.leave(entered[0])
    assert places.enter("many") is None  # the place is for who was told to wait
    assert places.enter("one")
    places.leave(entered[1])
    assert places.enter("many")  # nobody waits who holds fewer


def test_a_claim_to_the_next_place_runs_out(clock):
    places = Places(2, clock)
    first, _second = places.enter("many"), places.enter("many")
    assert places.enter("one") is None
    places.leave(first)
    clock.now += WAITS + 1
    assert places.enter("many")


def test_those_who_wait_do_not_keep_one_another_out(clock):
    places = Places(2, clock)
    entered = [places.enter("many"), places.enter("many")]
    assert places.enter("b") is None
    assert places.enter("c") is None
    places.leave(entered[0])
    assert places.enter("c")


def test_no_more_than_so_many_addresses_are_remembered(clock):
    places = Places(1, clock)
    places.enter("a")
    for number in range(MOST_WAITING + 50):
        assert places.enter(str(number)) is None
    assert len(places._waiting) == MOST_WAITING


def request(remote: str, forwarded: str | None = None) -> HTTPServerRequest:
    headers = HTTPHeaders({"X-Forwarded-For": forwarded} if forwarded is not None else {})
    asked = HTTPServerRequest("GET", "/", headers=headers)
    asked.remote_ip = remote
    return asked


@pytest.mark.parametrize(
    ("remote", "forwarded", "address"),
    [
        ("198.51.100.7", None, "198.51.100.7"),
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),  # nobody's proxy: not believed
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "192.0.2.1, 203.0.113.9, 10.0.0.1", "203.0.113.9"),  # the last that is no proxy of ours
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", None, "127.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", None, "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.7", None, "198.51.100.7"),
    ],
)
def test_an_address_is_told_by_the_connection_or_by_a_trusted_proxy(remote, forwarded, address):
    assert address_of(request(remote, forwarded), ["127.0.0.1", "10.0.0.1"]) == address


def system(folder, available: int, *groups: tuple[str, str, str, str]):
    (folder / "proc").mkdir()
    (folder / "proc/meminfo").write_text(f"MemTotal: 99999999 kB\nMemAvailable: {available // 1024} kB\n")
    for limit, granted, usage, used in groups:
        for name, value in ((limit, granted), (usage, used)):
            file = folder / "sys/fs/cgroup" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(value + "\n")
    return folder


GB = 1 << 30


def test_a_container_grants_less_than_the_machine_has(tmp_path):
    small = ("memory.max", str(2 * GB), "memory.current", str(GB // 2))
    assert free_memory(system(tmp_path, 16 * GB, small)) == 3 * GB // 2


def test_an_older_container_is_understood(tmp_path):
    small = ("memory/memory.limit_in_bytes", str(2 * GB), "memory/memory.usage_in_bytes", str(GB))
    assert free_memory(system(tmp_path, 16 * GB, small)) == GB


def test_a_container_without_a_limit_has_what_the_machine_has(tmp_path):
    assert free_memory(system(tmp_path, 4 * GB, ("memory.max", "max", "memory.current", "12"))) == 4 * GB


def test_there_is_room_by_memory():
    assert visits_for(5_200_000_000) >= 100
    assert visits_for(KEPT_FREE + 50 * OF_A_VISIT) == 50
    assert visits_for(0) == FEWEST


def test_the_memory_of_a_process_is_known():
    assert memory_of(os.getpid()) > 1_000_000
    assert memory_of(2**22 + 1) == 0
