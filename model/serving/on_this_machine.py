"""`python -m model.serving.on_this_machine serve.yaml`: the replicas that a configuration describes, by a Ray of their own.

The configuration is that of Ray Serve, for one application of ours: `serve deploy` takes the same file to a cluster.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from model.cluster import LOOPBACK, NOT_INSTALLED, is_installed, local_ray
from model.errors import AppError, BadModel, BadUsage

RAY_SETTINGS = {  # read by every process of a Ray as it starts
    # bytes: a photo as the page sends it goes to a replica with its request, not through the memory that all processes share
    "RAY_max_direct_call_object_size": str(1 << 20),
    "RAY_SERVE_RUN_ROUTER_IN_SEPARATE_LOOP": "0",
}


@contextmanager
def replicas_running(arguments: dict[str, Any], port: int, cores: int | None = None) -> Iterator[str]:
    """The address at which replicas answer until the end of the block; `arguments` are those of `Replicas`, `cores` what the
    machine has for all of them (None: what it has). Raises AppError.
    """
    for name, value in RAY_SETTINGS.items():
        os.environ.setdefault(name, value)
    with local_ray(cores):
        from ray import serve

        from model.serving.replicas import LOGGING, NAME, application

        serve.start(proxy_location="HeadOnly", http_options={"host": LOOPBACK, "port": port}, logging_config=LOGGING)
        try:
            serve.run(application(arguments), name=NAME, route_prefix="/")
            yield f"http://{LOOPBACK}:{port}"
        except RuntimeError as error:
            raise BadModel(f"Ray Serve cannot start the model; it says: {error}") from error
        finally:
            serve.shutdown()


def configured(file: Path) -> tuple[dict[str, Any], int]:
    """The arguments of the application in a configuration, and the port. Raises BadUsage."""
    if not is_installed():  # which brings yaml
        raise BadUsage(NOT_INSTALLED)
    import yaml

    try:
        config = yaml.safe_load(file.read_text(encoding="utf-8"))
        (application,) = config["applications"]
        return dict(application["args"]), int(config["http_options"]["port"])
    except (OSError, KeyError, TypeError, ValueError, yaml.YAMLError) as error:
        raise BadUsage(f"{file} is no configuration of Ray Serve with one application of ours: publish again.") from error


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("python -m model.serving.on_this_machine", description="Serve a model by Ray Serve here.")
    parser.add_argument("config", type=Path)
    parser.add_argument("--port", type=int, help="(default: what the configuration says)")
    options = parser.parse_args(arguments)
    try:
        told, port = configured(options.config)
        with replicas_running(told, options.port or port) as address:
            print(f"Photos are answered at {address} until this ends (Ctrl+C).", file=sys.stderr)
            signal.signal(signal.SIGTERM, signal.default_int_handler)  # in the place of Ray's, which prints its stack
            threading.Event().wait()
    except KeyboardInterrupt:
        return 0
    except AppError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
