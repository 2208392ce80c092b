"""A saved network made quicker for this processor: convolutions that also add and clip, with weights laid out for oneDNN.

Knows the steps of `model.graph`, not what they mean as a whole. What it makes is run once beside the plain network; if
it fails there, or differs, the plain one stays.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import torch

from model.graph import Graph, Step, names_in

TOLERANCE = 1e-4  # of the largest output
RELU = ("aten.relu.default", "aten.relu_.default")
ADD = ("aten.add.Tensor", "aten.add_.Tensor")


def fuse(plain: Graph, example: torch.Tensor) -> Graph:
    """The same network, quicker where that is possible; `example` is a batch of the size that it will see."""
    if not (torch.backends.mkldnn.is_available() and hasattr(torch.ops.mkldnn, "_convolution_pointwise")):
        return plain
    try:
        fused = _fused(plain, plain.shapes(example))
        expected, found = plain(example), fused(example)
    except Exception:  # a layout or an operator that this build of torch does not have
        return plain
    close = all((a - b).abs().max() <= TOLERANCE * a.abs().max() for a, b in zip(expected, found, strict=True))
    return fused if close else plain


def _fused(plain: Graph, shapes: dict[str, list[int]]) -> Graph:
    uses = Counter(name for step in plain.steps for name in names_in(step))
    uses.update(plain.outputs)
    users = {name: step for step in plain.steps for name in names_in(step)}  # the last user, the only one where uses is 1
    weights, steps, replaced, claimed = dict(plain.weights), [], set(), set()
    pending: dict[str, Step] = {}  # convolutions that wait for the addition which takes them in

    def only_user(name: str, *calls: str) -> Step | None:
        user = users.get(name)
        return user if user and uses[name] == 1 and user["call"] in calls else None

    for step in plain.steps:
        if step["out"] in replaced:
            continue
        convolution = _plan(step, weights, shapes)
        if convolution and (relu := only_user(step["out"], *RELU)):
            replaced.add(relu["out"])
            steps.append(_pointwise(relu["out"], convolution, "relu"))
        elif convolution and (add := only_user(step["out"], *ADD)) and add["out"] not in claimed and _same_shape(add, shapes):
            claimed.add(add["out"])
            pending[step["out"]] = convolution
        elif step["call"] in ADD and (taken := next((n for n in names_in(step) if n in pending), None)):
            other = next(value for value in step["args"][:2] if value != {"value": taken})
            relu = only_user(step["out"], *RELU)
            out = relu["out"] if relu else step["out"]
            replaced.update([relu["out"]] if relu else [])
            steps.append(_pointwise(out, pending.pop(taken), "relu" if relu else "none", other))
        elif convolution:
            steps.append(_pointwise(step["out"], convolution, "none"))
        else:
            steps.append(step)
    return Graph(plain.input, plain.outputs, steps, weights, torch.channels_last)


def _plan(step: Step, weights: dict[str, torch.Tensor], shapes: dict[str, list[int]]) -> dict[str, Any] | None:
    """The arguments of a convolution that can be fused, its weight laid out anew; None for any other step."""
    if step["call"] != "aten.conv2d.default" or step["kwargs"]:
        return None
    given = [*step["args"], *(None, [1, 1], [0, 0], [1, 1], 1)[len(step["args"]) - 2 :]]
    source, weight, bias, stride, padding, dilation, groups = given
    name = weight["value"]
    if not isinstance(padding, list) or name not in weights or len(shapes[source["value"]]) != 4:
        return None
    size = [1, *shapes[source["value"]][1:]]
    if not weights[name].is_mkldnn:
        weights[name] = torch.ops.mkldnn._reorder_convolution_weight(weights[name], padding, stride, dilation, groups, size)
    shape = [source, weight, bias]
    return {"tensors": shape, "numbers": [padding, stride, dilation, groups]}


def _pointwise(out: str, convolution: dict[str, Any], after: str, other: Any = None) -> Step:
    source, weight, bias = convolution["tensors"]
    if other is None:
        arguments = [source, weight, bias, *convolution["numbers"], after, [], ""]
        return {"out": out, "call": "mkldnn._convolution_pointwise.default", "args": arguments, "kwargs": {}}
    last = [after, [], None] if after != "none" else [None, [], None]
    arguments = [source, other, weight, bias, *convolution["numbers"], "add", 1.0, *last]
    return {"out": out, "call": "mkldnn._convolution_pointwise.binary", "args": arguments, "kwargs": {}}


def _same_shape(add: Step, shapes: dict[str, list[int]]) -> bool:
    """Whether an addition is of two values of one shape, with nothing scaled."""
    sides = [shapes.get(name) for name in names_in({**add, "args": add["args"][:2]})]
    return len(add["args"]) == 2 and not add["kwargs"] and len(sides) == 2 and sides[0] == sides[1]
