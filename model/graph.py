"""A network kept as data: its operations as JSON, its weights as safetensors. Knows torch, neither pickle nor fastai.

`save` writes what `torch.export` traced; `Graph.load` runs it again, operation by operation. Only ATen operators and a
few of Python's arithmetic on sizes can be named in the file, so loading one runs no foreign code. Unlike
`torch.export.load` it needs none of torch's compiler, which halves the time and the memory of starting up.
"""

from __future__ import annotations

import json
import operator
from pathlib import Path
from typing import Any

import safetensors.torch
import torch

_ARITHMETIC = {name: getattr(operator, name) for name in ("add", "sub", "mul", "floordiv", "mod", "getitem", "neg")}
_TORCH_VALUES = (torch.dtype, torch.memory_format, torch.layout)
_FUSED = ("mkldnn._convolution_pointwise.default", "mkldnn._convolution_pointwise.binary")  # see model.fusion
_IGNORED = ("_assert_tensor_metadata", "_assert_scalar", "sym_constrain_range_for_size", "sym_constrain_range")


def save(program: torch.export.ExportedProgram, folder: Path) -> None:
    """Write `graph.json` and `weights.safetensors` of an exported program with one input and any number of outputs.

    Raises ValueError when an operation cannot be written down.
    """
    signature = program.graph_signature
    stored = {**signature.inputs_to_parameters, **signature.inputs_to_buffers, **signature.inputs_to_lifted_tensor_constants}
    values = {**program.state_dict, **program.constants}
    weights: dict[str, torch.Tensor] = {}
    steps: list[dict[str, Any]] = []
    inputs: list[str] = []
    outputs: list[str] = []
    for node in program.graph.nodes:
        if node.op == "placeholder":
            if node.name in stored:
                weights[node.name] = values[stored[node.name]].detach().contiguous().clone()
            else:
                inputs.append(node.name)
        elif node.op == "call_function":
            name = _name_of(node.target)
            if name:
                arguments = [_write(value) for value in node.args]
                named = {key: _write(value) for key, value in node.kwargs.items()}
                steps.append({"out": node.name, "call": name, "args": arguments, "kwargs": named})
        elif node.op == "output":
            outputs = [result.name for result in node.args[0]]
        else:
            raise ValueError(f"a graph with {node.op} nodes")
    if len(inputs) != 1:
        raise ValueError(f"{len(inputs)} inputs")
    safetensors.torch.save_file(weights, folder / "weights.safetensors")
    (folder / "graph.json").write_text(json.dumps({"input": inputs[0], "outputs": outputs, "steps": steps}))


Step = dict[str, Any]  # {"out": name, "call": operator, "args": [...], "kwargs": {...}}


class Graph:
    """A saved network, ready to run: a tensor in, a tuple of tensors out, the first dimension being the batch."""

    def __init__(
        self,
        input_name: str,
        outputs: list[str],
        steps: list[Step],
        weights: dict[str, torch.Tensor],
        layout: torch.memory_format = torch.contiguous_format,
    ):
        self.input, self.outputs, self.steps, self.weights, self._layout = input_name, outputs, steps, weights, layout
        last_use = {name: place for place, step in enumerate(steps) for name in names_in(step)}
        kept = {*weights, *outputs}
        self._program = []
        for place, step in enumerate(steps):
            finished = [name for name in set(names_in(step)) if last_use[name] == place and name not in kept]
            self._program.append((_operation(step["call"]), step["out"], step["args"], step["kwargs"], finished))

    @classmethod
    def load(cls, folder: Path) -> Graph:
        weights = safetensors.torch.load_file(folder / "weights.safetensors")
        description = json.loads((folder / "graph.json").read_text())
        return cls(description["input"], description["outputs"], description["steps"], weights)

    @torch.inference_mode()
    def __call__(self, batch: torch.Tensor) -> tuple[torch.Tensor, ...]:
        values = self._run(batch, forget=True)
        return tuple(values[name] for name in self.outputs)

    @torch.inference_mode()
    def shapes(self, batch: torch.Tensor) -> dict[str, list[int]]:
        """The shape of every tensor that a run on `batch` brings forth."""
        values = self._run(batch, forget=False)
        return {name: list(value.shape) for name, value in values.items() if isinstance(value, torch.Tensor)}

    def _run(self, batch: torch.Tensor, forget: bool) -> dict[str, Any]:
        values: dict[str, Any] = {**self.weights, self.input: batch.contiguous(memory_format=self._layout)}
        for call, out, args, kwargs, finished in self._program:
            named = {key: _read(value, values) for key, value in kwargs.items()}
            values[out] = call(*[_read(value, values) for value in args], **named)
            if forget:
                for name in finished:
                    values.pop(name, None)
        return values


def _name_of(target: Any) -> str | None:
    """ "aten.relu.default" for an operator of ATen, "operator.add" for Python's; None for what only checks."""
    if isinstance(target, torch._ops.OpOverload) and target.namespace == "aten":
        packet, overload = target._schema.name.removeprefix("aten::"), target._overloadname
        return None if packet in _IGNORED else f"aten.{packet}.{overload}"
    name = getattr(target, "__name__", "")
    if _ARITHMETIC.get(name) is target:
        return f"operator.{name}"
    raise ValueError(f"the operation {target}")


def _operation(name: str) -> Any:
    library, _, rest = name.partition(".")
    if library == "operator":
        return _ARITHMETIC[rest]
    packet, _, overload = rest.partition(".")
    if library == "aten" or name in _FUSED:
        return getattr(getattr(getattr(torch.ops, library), packet), overload)
    raise ValueError(f"the operation {name}")


def _write(value: Any) -> Any:
    """An argument as JSON: other steps' results, and what JSON lacks, as objects of one key."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, torch.fx.Node):
        return {"value": value.name}
    if isinstance(value, (list, tuple)):
        return [_write(part) for part in value]
    if isinstance(value, _TORCH_VALUES):
        return {"torch": str(value).removeprefix("torch.")}
    if isinstance(value, torch.device):
        return {"device": "cpu"}
    raise ValueError(f"an argument of type {type(value).__name__}")


def _read(value: Any, values: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [_read(part, values) for part in value]
    if isinstance(value, dict):
        ((kind, name),) = value.items()
        if kind == "value":
            return values[name]
        if kind == "device":
            return torch.device(name)
        found = getattr(torch, name)
        if not isinstance(found, _TORCH_VALUES):
            raise ValueError(f"the value torch.{name}")
        return found
    return value


def names_in(value: Any) -> list[str]:
    """The names of the values that a step, or a part of one, takes in."""
    if isinstance(value, list):
        return [name for part in value for name in names_in(part)]
    if isinstance(value, dict):
        if set(value) == {"value"}:
            return [value["value"]]
        return [name for part in value.values() for name in names_in(part)]
    return []
