"""A network as data: what it computes is compared with the torch module that it was traced from."""

import json

import pytest
import safetensors.torch
import torch
from torch import nn

from model import graph
from model.graph import Graph


class Everyday(nn.Module):
    """Convolution, batch norm, a residual sum, concatenation, sizes computed from the input, a lifted constant."""

    def __init__(self):
        super().__init__()
        self.convolution = nn.Conv2d(3, 6, 3, padding=1)
        self.norm = nn.BatchNorm2d(6)
        self.head = nn.Linear(12, 4)
        self.register_buffer("scale", torch.tensor([0.5, 1.0, 2.0, 3.0]))

    def forward(self, x):
        x = x.float() / 255
        y = torch.relu(self.norm(self.convolution(x))) + self.convolution(x)
        y = torch.cat([y.amax((2, 3)), y.mean((2, 3))], 1).view(x.shape[0], -1)
        return self.head(y) * self.scale + torch.tensor([1.0, 2.0, 3.0, 4.0])


@pytest.fixture
def saved(tmp_path):
    torch.manual_seed(0)
    module = Everyday().eval()
    example = torch.zeros(2, 3, 16, 16, dtype=torch.uint8)
    free = {0: torch.export.Dim.DYNAMIC}
    graph.save(torch.export.export(module, (example,), dynamic_shapes=(free,)), tmp_path)
    return module, tmp_path


def edited(folder, change) -> None:
    description = json.loads((folder / "graph.json").read_text())
    change(description)
    (folder / "graph.json").write_text(json.dumps(description))


@pytest.mark.parametrize("count", [1, 2, 7])
def test_a_saved_network_answers_as_the_module_does_for_any_batch(saved, count):
    module, folder = saved
    batch = torch.randint(0, 256, (count, 3, 16, 16), dtype=torch.uint8)
    with torch.inference_mode():
        expected = module(batch)
    assert expected.std() > 0.01
    (answer,) = Graph.load(folder)(batch)
    torch.testing.assert_close(answer, expected, rtol=0, atol=1e-6)


def test_a_network_may_give_several_results_even_ones_that_it_goes_on_to_use(tmp_path):
    class Both(nn.Module):
        def forward(self, x):
            features = x.float().mean((2, 3))
            return features.sum(1, keepdim=True), features

    module, batch = Both().eval(), torch.randint(0, 256, (3, 3, 8, 8), dtype=torch.uint8)
    graph.save(torch.export.export(module, (batch,), dynamic_shapes=({0: torch.export.Dim.DYNAMIC},)), tmp_path)
    for answer, expected in zip(Graph.load(tmp_path)(batch[:2]), module(batch[:2]), strict=True):
        torch.testing.assert_close(answer, expected, rtol=0, atol=1e-6)


def test_running_a_network_twice_gives_the_same_and_leaves_its_weights(saved):
    network = Graph.load(saved[1])
    batch = torch.randint(0, 256, (2, 3, 16, 16), dtype=torch.uint8)
    before = safetensors.torch.load_file(saved[1] / "weights.safetensors")
    assert torch.equal(network(batch)[0], network(batch)[0])
    assert all(torch.equal(network.weights[name], weight) for name, weight in before.items())


def test_a_saved_network_is_json_and_safetensors_and_nothing_else(saved):
    folder = saved[1]
    assert sorted(file.name for file in folder.iterdir()) == ["graph.json", "weights.safetensors"]
    steps = json.loads((folder / "graph.json").read_text())["steps"]
    assert steps and all(step["call"].startswith(("aten.", "operator.")) for step in steps)


@pytest.mark.parametrize(
    "name",
    [
        *["os.system", "builtins.eval", "torch.load", "prims.convert_element_type.default", "operator.attrgetter"],
        *["operator.methodcaller", "operator.setitem", "system", "", "aten", "aten.no_such_operation.default"],
    ],
)
def test_a_file_that_names_anything_but_an_operation_of_aten_is_refused_on_loading(saved, name):
    edited(saved[1], lambda description: description["steps"][0].update(call=name))
    with pytest.raises((ValueError, KeyError, AttributeError, RuntimeError)):
        Graph.load(saved[1])


@pytest.mark.parametrize("name", ["load", "ops", "nn", "hub", "no_such_thing"])
def test_a_file_cannot_name_parts_of_torch_that_are_not_plain_values(saved, name):
    edited(saved[1], lambda description: description["steps"][0]["kwargs"].update(dtype={"torch": name}))
    with pytest.raises((ValueError, AttributeError)):
        Graph.load(saved[1])(torch.zeros(1, 3, 16, 16, dtype=torch.uint8))


def test_a_network_of_two_inputs_is_not_written(tmp_path):
    class Two(nn.Module):
        def forward(self, x, y):
            return x + y

    program = torch.export.export(Two(), (torch.zeros(2), torch.zeros(2)))
    with pytest.raises(ValueError, match="2 inputs"):
        graph.save(program, tmp_path)


def test_an_operation_from_outside_aten_is_not_written(tmp_path):
    @torch.library.custom_op("voilens_tests::twice", mutates_args=())
    def twice(x: torch.Tensor) -> torch.Tensor:
        return x * 2

    twice.register_fake(lambda x: torch.empty_like(x))

    class Foreign(nn.Module):
        def forward(self, x):
            return twice(x)

    with pytest.raises(ValueError, match="voilens_tests"):
        graph.save(torch.export.export(Foreign(), (torch.zeros(2),)), tmp_path)
    assert not (tmp_path / "graph.json").exists()
