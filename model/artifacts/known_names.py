"""The names that fastai exports are made of; whether a module defines a name, read from its source without importing it.

Standard library only.
"""

from __future__ import annotations

import ast
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path

from model.artifacts.pickles import CLOUDPICKLE

# What a fastai export names. A name counts only where the installed source of its module defines it, because modules of fastai
# give on the names of many others, some of which start programs.
_CLASSES_OF = (
    *("fastai.callback", "fastai.data.block", "fastai.data.core", "fastai.data.load", "fastai.data.transforms"),
    *("fastai.layers", "fastai.learner", "fastai.losses", "fastai.metrics", "fastai.optimizer", "fastai.torch_core"),
    *("fastai.vision.augment", "fastai.vision.core", "fastai.vision.data", "fastai.vision.learner", "fastai.vision.models"),
    *("fastcore.basics", "fastcore.foundation", "fasttransform", "torch.nn", "torch.distributions", "torch.optim"),
    *("torchvision.models", "torchvision.ops", "torchvision.transforms", "timm.models", "timm.layers"),
    *("collections", "pathlib", "random", "typing", "enum", "decimal", "PIL.Image", "pandas.core.series"),
)
_FUNCTIONS_OF = (
    *("fastai.data.transforms", "fastai.layers", "fastai.losses", "fastai.metrics", "fastai.optimizer"),
    *("fastai.vision.augment", "fastai.vision.learner", "fastai.vision.models", "torchvision.models", "sklearn.metrics"),
)
_NAMES = {
    "builtins": "bool bytes complex dict float frozenset getattr int list print range set slice str tuple type Ellipsis",
    "functools": "partial reduce",
    "operator": "add and_ getitem itemgetter attrgetter mul or_",
    "_operator": "add and_ getitem itemgetter attrgetter mul or_",
    "_codecs": "encode",
    "re": "_compile",
    "collections": "OrderedDict defaultdict Counter deque",
    "collections.abc": "Callable _CallableGenericAlias",
    "datetime": "date datetime timedelta",
    "pathlib": "Path PosixPath WindowsPath PurePath PurePosixPath PureWindowsPath",
    "pathlib._local": "Path PosixPath WindowsPath PurePath PurePosixPath PureWindowsPath",
    "typing": "Any Union Optional Callable Tuple List Dict Iterable Sequence",
    "numpy": "dtype ndarray less greater float32 float64 int64",
    "numpy.core.multiarray": "scalar _reconstruct",
    "numpy._core.multiarray": "scalar _reconstruct",
    "inspect": "Parameter Signature _ParameterKind _empty",
    "plum._function": "Function",
    "plum._method": "Method MethodList",
    "plum._resolver": "Resolver",
    "plum._signature": "Signature",
    "plum._util": "Missing",
    "pandas": "Series",
    "torch": "Size Tensor device dtype BFloat16Storage BoolStorage ByteStorage DoubleStorage FloatStorage HalfStorage "
    "IntStorage LongStorage bfloat16 float16 float32 float64 int64 long uint8",
    "torch.storage": "UntypedStorage TypedStorage",
    "torch._tensor": "_rebuild_from_type_v2",
    "torch._utils": "_rebuild_parameter _rebuild_tensor _rebuild_tensor_v2",
    "torch.serialization": "_get_layout",
    "torch.nn.parameter": "Parameter",
    "fastai.data.load": "_wif",
    "fastai.imports": "noop",
    "fastai.torch_core": "trainable_params params",
    "fastai.vision.core": "load_image",
    "fastcore.basics": "merge noop fastuple",
    "fastcore.foundation": "L",
    **dict.fromkeys(
        CLOUDPICKLE,
        "_builtin_type _function_setstate _make_cell _make_empty_cell _make_function subimport",
    ),
}


def is_known(module: str, name: str) -> bool:
    """Whether a fastai export may name this, and an installed module defines it."""
    if name in _NAMES.get(module, "").split():
        return True
    first = name.lstrip("_")[:1]
    of = _CLASSES_OF if first.isupper() else _FUNCTIONS_OF
    return any(module == part or module.startswith(f"{part}.") for part in of) and name in defined_in(module)


@cache
def defined_in(module: str) -> frozenset[str]:
    """The names that the source of an installed module defines, read without importing it."""
    parts, where = module.split("."), None
    spec = None
    for number in range(len(parts)):
        spec = PathFinder.find_spec(".".join(parts[: number + 1]), where)
        if spec is None:
            return frozenset()
        where = list(spec.submodule_search_locations or [])
    if spec is None or not spec.origin or not spec.origin.endswith(".py"):
        return frozenset()
    found: set[str] = set()
    for node in ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return frozenset(found)
