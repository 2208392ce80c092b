"""A network kept as ONNX, which is data and no code, and run by ONNX Runtime. Knows neither torch, fastai nor pickle.

`onnx_writer` writes the file. ONNX Runtime is quicker on a processor than torch, and a process that serves with it
starts in a third of the time and of the memory.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
from joblib import cpu_count

FILE = "network.onnx"


class OnnxNetwork:
    """A saved network, ready to run: pixels in (batch × channels × height × width, 8 bits), a tuple of arrays out."""

    def __init__(self, folder: Path):
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3  # errors; they reach the caller as exceptions too
        options.intra_op_num_threads = cpu_count(only_physical_cores=True)  # as many as this process may use
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # others need the processor meanwhile
        self._session = onnxruntime.InferenceSession(folder / FILE, options, providers=["CPUExecutionProvider"])
        (self._input,) = self._session.get_inputs()

    def __call__(self, pixels: np.ndarray) -> tuple[np.ndarray, ...]:
        return tuple(self._session.run(None, {self._input.name: pixels}))
