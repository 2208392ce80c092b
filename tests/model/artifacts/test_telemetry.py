"""ONNX Runtime leaves nothing behind: neither a number of this machine nor a database, in whichever folder it would."""

from __future__ import annotations

import os
import subprocess
import sys

import onnx
from onnx import TensorProto, helper

from model.core import PROJECT

SCRIPT = """
import sys
import numpy as np
from model.artifacts.onnx_network import OnnxNetwork
OnnxNetwork(sys.argv[1])(np.zeros((1, 3, 2, 2), np.uint8))
"""


def test_a_network_that_runs_writes_no_file(tmp_path):
    def pixels(name):
        return helper.make_tensor_value_info(name, TensorProto.UINT8, [1, 3, 2, 2])

    graph = helper.make_graph(
        [helper.make_node("Identity", ["pixels"], ["logits"])], "g", [pixels("pixels")], [pixels("logits")]
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), tmp_path / "network.onnx")
    home = tmp_path / "home"
    home.mkdir()
    places = {name: str(home) for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "TMPDIR")}
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    command = [sys.executable, "-B", "-c", SCRIPT, str(tmp_path / "network.onnx")]
    done = subprocess.run(command, cwd=PROJECT, env={**environment, **places}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert [file for file in home.rglob("*") if file.is_file()] == []
