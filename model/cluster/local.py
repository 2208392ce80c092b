"""A Ray of this process's own: on the loopback address, asked only by who knows its secret, without telemetry or dashboard.

Whoever may speak to a Ray may run code in it, so each gets a token that other users of the machine do not know.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

from model.errors import AppError, BadUsage

LOOPBACK = "127.0.0.1"
NOT_INSTALLED = 'Ray is not installed here: pip install ".[ray]" brings it.'
NOT_STARTED = "Ray does not start here: this machine may be busy with other things. Try again in a minute."
STORE = 256 << 20  # bytes of memory that processes share for what they send to one another
PRIVATE = {  # read when ray is imported; the last one makes it take the loopback address, as on macOS
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_AUTH_MODE": "token",
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
}
_log = logging.getLogger("voilens")


def is_installed() -> bool:
    """Whether there is a Ray to start; it is not imported."""
    return importlib.util.find_spec("ray") is not None


@contextmanager
def any_ray() -> Iterator[None]:
    """The Ray that `RAY_ADDRESS` names, else one of this machine's, until the end of the block. Raises BadUsage."""
    address = os.environ.get("RAY_ADDRESS")
    if not address:
        with local_ray():
            yield
        return
    if not is_installed():
        raise BadUsage(NOT_INSTALLED)
    import ray

    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise BadUsage(f"No Ray answers at {address}, which RAY_ADDRESS names: start it, or unset that.") from error
    with _at_work():
        yield


@contextmanager
def local_ray(cores: int | None = None) -> Iterator[None]:
    """Ray runs on this machine until the end of the block, with so many `cores` to give away (None: all). Raises AppError.

    One at a time in a process, which must not have imported ray before the first of them.
    """
    if not is_installed():
        raise BadUsage(NOT_INSTALLED)
    os.environ.update(PRIVATE)
    os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
    import ray

    assert ray.util.get_node_ip_address() == LOOPBACK, "ray was imported before it was told to stay here"
    try:
        ray.init(
            num_cpus=cores,
            object_store_memory=STORE,
            include_dashboard=False,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    except Exception as error:  # of no kind of its own, after half a minute
        _log.error("ray could not be started: %s", error)
        raise AppError(NOT_STARTED) from error
    with _at_work():
        yield


@contextmanager
def _at_work() -> Iterator[None]:
    """Ray is there until the end of the block; what it prints of itself is no result, and goes to standard error."""
    import ray

    with redirect_stdout(sys.stderr):
        try:
            yield
        finally:
            ray.shutdown()


def keep_ports_here() -> None:
    """In a replica of Ray Serve, before it listens: where Ray is on the loopback address, let the replica be there, too.

    Otherwise it listens on every address of its machine: it asks for the token there, but need not be seen.
    """
    import ray
    from ray.serve._private import replica

    if ray.util.get_node_ip_address() == LOOPBACK:
        listen = replica.add_port_to_grpc_server
        replica.add_port_to_grpc_server = lambda server, place: listen(server, place.replace("[::]", LOOPBACK))
