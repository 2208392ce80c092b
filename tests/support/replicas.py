"""Replicas of a model by a real Ray of this machine, started as people start them; the processes of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import psutil
import yaml
from ports import free_port

from model.core import PROJECT

REPLICA = "ray::ServeReplica"


class LocalReplicas:
    """`count` replicas of a model on a port of this machine; half a core each, so that any machine has room for two."""

    def __init__(self, model: Path, count: int):
        self._scratch = tempfile.mkdtemp(prefix="vl")  # a short path, for sockets
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        told = {"model": str(model), "min_replicas": count, "max_replicas": count, "num_cpus": 0.5}
        config = Path(self._scratch, "serve.yaml")
        config.write_text(yaml.safe_dump({"http_options": {"port": port}, "applications": [{"args": told}]}))
        command = [sys.executable, "-m", "model.serving.on_this_machine", str(config)]
        self.process = subprocess.Popen(command, cwd=PROJECT, env={**os.environ, "RAY_TMPDIR": self._scratch})

    def found(self) -> list[psutil.Process]:
        """The processes of the replicas that there are now."""
        return [each for each in self._all() if _is_replica(each)]

    def listening(self) -> list[Any]:
        """The addresses at which all that was started listens."""
        places = [place for each in self._all() for place in each.net_connections() if place.status == psutil.CONN_LISTEN]
        return [place.laddr for place in places]

    def _all(self) -> list[psutil.Process]:
        process = psutil.Process(self.process.pid)
        return [process, *process.children(recursive=True)]

    def end(self) -> None:
        """End all that was started."""
        started = self._all() if self.process.poll() is None else []
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        _, left = psutil.wait_procs(started, timeout=10)
        for each in left:
            each.kill()
        shutil.rmtree(self._scratch, ignore_errors=True)


def _is_replica(process: psutil.Process) -> bool:
    try:
        return REPLICA in " ".join(process.cmdline())
    except psutil.Error:
        return False
