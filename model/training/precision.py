"""Which arithmetic and which layout of memory make training quickest here: tried for a moment, not assumed.

Knows torch and networks. What was found for an architecture on a machine is kept in the cache.
"""

from __future__ import annotations

import copy
import json
import platform
import time
from contextlib import suppress
from dataclasses import asdict, dataclass

import torch
from torch import nn

from model.core import cache_folder, write_atomically
from model.errors import AppError

ROUNDS = 3
SIZE, BATCH = 96, 16  # of the pictures that it is tried on, at the most


@dataclass(frozen=True)
class Precision:
    """Arithmetic in bfloat16 where that is safe (weights stay float32); colours of a pixel side by side in memory."""

    bfloat16: bool = False
    channels_last: bool = False

    def autocast(self, device: torch.device) -> torch.autocast:
        return torch.autocast(device.type, torch.bfloat16, enabled=self.bfloat16)

    @property
    def layout(self) -> torch.memory_format:
        return torch.channels_last if self.channels_last else torch.contiguous_format


CANDIDATES = (Precision(), Precision(channels_last=True), Precision(bfloat16=True, channels_last=True))


def choose_precision(network: nn.Module, name: str, size: int, device: torch.device, fixed: bool = False) -> Precision:
    """The quickest for training `network` (called `name`) on pictures of about `size`; on a CPU by trying on smaller ones.

    Where the size is `fixed`, nothing is tried: the network takes no smaller pictures, and trying large ones takes minutes.
    """
    if device.type == "cuda":
        return Precision(bfloat16=torch.cuda.is_bf16_supported(), channels_last=True)
    if device.type != "cpu" or fixed:
        return Precision()
    key = f"{name} {min(size, SIZE)} {_machine()}"
    known = _known()
    if key not in known:
        known[key] = asdict(_quickest(network, min(size, SIZE)))
        _keep(known)
    return Precision(**known[key])


def _quickest(network: nn.Module, size: int) -> Precision:
    """Try each on a copy of the network, in turns, and count the processor's time: other programs cost time by the clock."""
    candidates = [c for c in CANDIDATES if not c.bfloat16 or torch.cpu._is_avx512_bf16_supported()]
    trial = copy.deepcopy(network).train()
    for parameter in trial.parameters():
        parameter.requires_grad_(True)
    best = dict.fromkeys(candidates, float("inf"))
    with torch.random.fork_rng(devices=[]):
        batch = torch.rand(BATCH, 3, size, size)
        for turn in range(ROUNDS + 1):
            for candidate in candidates:
                trial.to(memory_format=candidate.layout)
                ready = batch.contiguous(memory_format=candidate.layout)
                started = time.process_time()
                with candidate.autocast(ready.device):
                    loss = trial(ready).float().square().mean()
                loss.backward()
                if turn:  # the first one warms
                    best[candidate] = min(best[candidate], time.process_time() - started)
    return min(best, key=best.__getitem__)


def _machine() -> str:
    model = platform.processor()
    with suppress(OSError, StopIteration), open("/proc/cpuinfo", encoding="utf-8") as lines:
        model = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return f"{model} × {torch.get_num_threads()}, torch {torch.__version__}"


def _known() -> dict[str, dict[str, bool]]:
    with suppress(AppError, OSError, ValueError):
        return json.loads(cache_folder("precision.json").read_text(encoding="utf-8"))
    return {}


def _keep(known: dict[str, dict[str, bool]]) -> None:
    with suppress(AppError, OSError):
        write_atomically(cache_folder("precision.json"), json.dumps(known, indent=1))
