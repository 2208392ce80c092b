"""A fused network answers as the plain one does; what cannot be fused stays plain."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from model import graph
from model.fusion import fuse


class Residual(nn.Module):
    """Every way in which convolutions meet additions: with and without a clip, two of them at once, one scaled."""

    def __init__(self):
        super().__init__()
        self.first, self.second, self.third = (nn.Conv2d(a, 8, 3, padding=1) for a in (3, 8, 8))
        self.side = nn.Conv2d(8, 8, 1)
        self.grouped = nn.Conv2d(8, 8, 3, stride=2, groups=4, bias=False)
        self.out = nn.Linear(8, 4)

    def forward(self, x):
        x = F.relu(self.first(x))
        x = F.relu(self.second(x) + self.side(x))
        x = torch.add(self.third(x), x, alpha=2)
        return self.out(self.grouped(x).mean((2, 3)))


class Flattening(nn.Module):
    """A view that a network laid out channels last cannot take."""

    def __init__(self):
        super().__init__()
        self.conv, self.out = nn.Conv2d(3, 8, 3), nn.Linear(8 * 14 * 14, 4)

    def forward(self, x):
        return self.out(F.relu(self.conv(x)).view(x.shape[0], -1))


def saved(network: nn.Module, folder, size: int = 16) -> graph.Graph:
    example = torch.zeros(2, 3, size, size)
    with torch.no_grad():
        free = ({0: torch.export.Dim.DYNAMIC},)
        graph.save(torch.export.export(network.eval(), (example,), dynamic_shapes=free), folder)
    return graph.Graph.load(folder)


@pytest.mark.parametrize("network", [Residual, Flattening])
def test_a_fused_network_gives_the_same_for_any_batch(network, tmp_path):
    torch.manual_seed(0)
    module = network()
    fused = fuse(saved(module, tmp_path), torch.randn(1, 3, 16, 16))
    for count in (1, 2, 5):
        batch = torch.randn(count, 3, 16, 16)
        with torch.no_grad():
            torch.testing.assert_close(fused(batch)[0], module(batch), atol=1e-5, rtol=1e-5)


def test_convolutions_take_in_the_clip_and_the_addition_behind_them(tmp_path):
    if not torch.backends.mkldnn.is_available():
        pytest.skip("this build of torch has no oneDNN")
    fused = fuse(saved(Residual(), tmp_path), torch.randn(1, 3, 16, 16))
    calls = [step["call"] for step in fused.steps]
    assert "aten.conv2d.default" not in calls
    assert calls.count("mkldnn._convolution_pointwise.binary") == 1
    assert calls.count("aten.add.Tensor") == 1  # the scaled one
    assert not any("relu" in call for call in calls)


def test_a_network_that_cannot_be_laid_out_anew_stays_as_it_is(tmp_path):
    plain = saved(Flattening(), tmp_path)
    assert fuse(plain, torch.randn(1, 3, 16, 16)) is plain
