"""A network as ONNX: what it computes is compared with the torch module that it was written from."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from model.artifacts.onnx_network import FILE, OnnxNetwork


class Residual(nn.Module):
    """Every way in which convolutions meet additions, and what this runtime joins to one operation: with and without a clip,
    two of them at once, one scaled; a batch norm, an average over odd windows, sizes taken from the input."""

    def __init__(self):
        super().__init__()
        self.first, self.second, self.third = (nn.Conv2d(a, 8, 3, padding=1) for a in (3, 8, 8))
        self.side, self.norm = nn.Conv2d(8, 8, 1), nn.BatchNorm2d(8)
        self.grouped = nn.Conv2d(8, 8, 3, stride=2, groups=4, bias=False)
        self.out = nn.Linear(8 * 9 + 8, 4)

    def forward(self, x):
        x = F.relu(self.norm(self.first(x.float() / 255)))
        x = F.relu(self.second(x) + self.side(x))
        x = self.grouped(torch.add(self.third(x), x, alpha=2))
        return self.out(torch.cat([F.adaptive_avg_pool2d(x, 3).view(x.shape[0], -1), x.amax((2, 3))], 1)) * 10


class Both(nn.Module):
    """Two results, of which one is used for the other."""

    def forward(self, x):
        features = x.float().mean((2, 3))
        return features.sum(1, keepdim=True), features


def written(module: nn.Module, folder, size: int = 16) -> OnnxNetwork:
    example = torch.zeros(2, 3, size, size, dtype=torch.uint8)
    with torch.no_grad():
        program = torch.export.export(module.eval(), (example,), dynamic_shapes=({0: torch.export.Dim.DYNAMIC},))
        torch.onnx.export(program, verbose=False).save(folder / FILE)
    return OnnxNetwork(folder / FILE)


@pytest.mark.parametrize("module", [Residual, Both])
def test_a_network_answers_as_the_module_does_for_any_batch(module, tmp_path):
    torch.manual_seed(0)
    module = module().eval()
    network = written(module, tmp_path)
    for count in (1, 2, 7):
        batch = torch.randint(0, 256, (count, 3, 16, 16), dtype=torch.uint8)
        with torch.no_grad():
            expected = module(batch)
        expected = expected if isinstance(expected, tuple) else (expected,)
        found = network(batch.numpy())
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert count == 1 or np.asarray(other).std() > 0.01
            np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)


def test_a_file_that_names_an_operation_which_onnx_does_not_have_is_refused_on_loading(tmp_path):
    written(Residual(), tmp_path)
    content = (tmp_path / FILE).read_bytes()
    assert content.count(b"Conv") > 0
    (tmp_path / FILE).write_bytes(content.replace(b"Conv", b"Evil"))
    with pytest.raises(Exception, match="Evil"):
        OnnxNetwork(tmp_path / FILE)
