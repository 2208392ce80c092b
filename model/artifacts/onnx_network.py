"""A network kept as ONNX, which is data and no code, and run by ONNX Runtime. Knows neither torch, fastai nor pickle.

`onnx_writer` writes the file. ONNX Runtime is quicker on a processor than torch, and a process that serves with it
starts in a third of the time and of the memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from joblib import cpu_count

FILE = "network.onnx"  # in the folder of a safe form


class OnnxNetwork:
    """A saved network, ready to run: pixels in (batch × channels × height × width, 8 bits), arrays out, named by `outputs`."""

    def __init__(self, file: Path | bytes):
        """Read a file, or what it holds."""
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3  # errors; they reach the caller as exceptions too
        options.intra_op_num_threads = cpu_count(only_physical_cores=True)  # as many as this process may use
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # others need the processor meanwhile
        self._session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        (self._input,) = self._session.get_inputs()
        self.outputs = [output.name for output in self._session.get_outputs()]

    def __call__(self, pixels: np.ndarray, outputs: Sequence[str] | None = None) -> tuple[np.ndarray, ...]:
        """The `outputs` by name, in their order; None gives all. What is not asked for is not computed."""
        return tuple(self._session.run(None if outputs is None else list(outputs), {self._input.name: pixels}))
