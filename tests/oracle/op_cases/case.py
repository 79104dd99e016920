"""How the cases of ops are written down: inputs by shape or by value, what PyTorch makes of them, and the bar."""

import math
import zlib
from dataclasses import dataclass, replace

import torch

from common import hash_integers, hash_numbers

INF = float("inf")
NAN = float("nan")
DTYPES = {"f32": torch.float64, "i32": torch.int64, "u32": torch.int64, "bool": torch.bool}

# The families of tests/setup/tolerances.ts.
exact = {"family": "exact"}
exponential = {"family": "exp"}
logarithm = {"family": "log"}
power = {"family": "power"}
activation = {"family": "activation"}
normalised = {"family": "normalised"}


def ulps(count):
    """1 for a sum or a product, 3 for a quotient, 5 for a root."""
    return {"family": "arithmetic", "ulps": count}


def sums(length):
    """A sum of `length` terms."""
    return {"family": "reduction", "length": length}


def drawn(*shape, scale=2.0, offset=0.0, **rest):
    """Numbers of [-scale, scale) + offset, no two alike in practice. rest: permute, constant."""
    return {"shape": list(shape), "scale": scale, "offset": offset, **rest}


def whole(*shape, bound, low=0, dtype="i32", **rest):
    """Whole numbers from `low` and below `low + bound`. As `dtype`, f32 too."""
    return {"shape": list(shape), "bound": bound, "low": low, "dtype": dtype, **rest}


def given(values, dtype="f32", shape=None, **rest):
    """These numbers, infinities and NaN included."""
    values = list(values)
    stored = [value if math.isfinite(value) else str(float(value)) for value in values]
    return {"shape": list(shape or [len(values)]), "values": stored, "dtype": dtype, **rest}


@dataclass
class Case:
    """One call of an op.

    op: our name. torch: the same in PyTorch, given the inputs in order. inputs: made by the functions above; of an input
    with `permute` the op sees the permuted view, and the gradient is that of what was permuted. call: what our op is called
    with, where that is not just the inputs: "$0", "$1", … stand for them, in lists and dictionaries too. result: which of
    several results, by name or number. Gradients are compared for inputs that are f32 and not `constant`, unless
    without_gradient. rounds_constants: the op holds numbers that f32 rounds, so its float64 rules differ by that much.
    """

    op: str
    name: str
    inputs: list
    torch: object
    tolerance: dict
    gradient_tolerance: dict = None
    call: list = None
    result: object = None
    without_gradient: bool = False
    rounds_constants: bool = False

    @property
    def key(self):
        return f"{self.op}/{self.name}"

    @property
    def seed(self):
        return zlib.crc32(self.key.encode()) & 0xFFFF

    def facts(self):
        """What the test reads."""
        optional = {
            "gradientTolerance": self.gradient_tolerance,
            "call": self.call,
            "result": self.result,
            "withoutGradient": self.without_gradient or None,
            "roundsConstants": self.rounds_constants or None,
        }
        facts = {"op": self.op, "name": self.name, "seed": self.seed, "inputs": self.inputs, "tolerance": self.tolerance}
        return {**facts, **{key: value for key, value in optional.items() if value is not None}}

    def results(self):
        """`y`, and `d0`, `d1`, … for the inputs that are differentiated."""
        stored = [make_input(spec, self.seed, number) for number, spec in enumerate(self.inputs)]
        targets = [
            x.requires_grad_()
            for x, spec in zip(stored, self.inputs)
            if x.is_floating_point() and not spec.get("constant") and not self.without_gradient
        ]
        seen = [x.permute(spec["permute"]) if "permute" in spec else x for x, spec in zip(stored, self.inputs)]
        y = self.torch(*seen)
        if not targets:
            return {f"{self.key}/y": y.detach()}
        dy = hash_numbers(self.seed, 50, y.shape)
        gradients = torch.autograd.grad(y, targets, dy)
        return {f"{self.key}/y": y.detach(), **{f"{self.key}/d{i}": d for i, d in enumerate(gradients)}}


def not_finite(cases, otherwise):
    """For each op of `cases` that nothing else tries with NaN and infinities: its first case that can have them, with one
    NaN, and with both infinities, in the first input of floats. Values alone: 0 times infinity is by convention.
    otherwise: ops to leave out."""
    tried = {case.op for case in cases if any(map(has_ends, case.inputs))}
    found = {}
    for case in cases:
        places = [place for place, spec in enumerate(case.inputs) if can_have_ends(spec)]
        if places and case.op not in tried and case.op not in otherwise:
            found.setdefault(case.op, (case, places[0]))
    return [planted(case, place, what) for case, place in found.values() for what in ENDS]


# Where in an input which number stands, by the input's size.
ENDS = {
    "NaN": lambda size: [[size // 2, "nan"]],
    "infinities": lambda size: [[size // 3, "inf"], [2 * size // 3, "-inf"]],
}


def planted(case, place, what):
    spec = case.inputs[place]
    ends = ENDS[what](math.prod(spec["shape"]))
    inputs = [*case.inputs[:place], {**spec, "planted": ends}, *case.inputs[place + 1 :]]
    return replace(case, name=f"{case.name}, {what}", inputs=inputs, without_gradient=True)


def has_ends(spec):
    return any(isinstance(value, str) for value in spec.get("values", []))


def can_have_ends(spec):
    return "scale" in spec and math.prod(spec["shape"]) > 1


def make_input(spec, seed, number):
    x = drawn_input(spec, seed, number)
    for place, value in spec.get("planted", []):
        x.view(-1)[place] = float(value)
    return x


def drawn_input(spec, seed, number):
    dtype = DTYPES[spec.get("dtype", "f32")]
    shape = spec["shape"]
    if "values" in spec:
        # What the GPU gets is f32.
        values = torch.tensor([float(value) for value in spec["values"]], dtype=torch.float64)
        values = values.float().double() if dtype == torch.float64 else values
        return values.reshape(shape).to(dtype)
    if "bound" in spec:
        return (hash_integers(seed, number, shape, spec["bound"]) + spec["low"]).to(dtype)
    return hash_numbers(seed, number, shape, spec["scale"], spec["offset"])


def unary(op, function, tolerance, scale=2.0, offset=0.0, **rest):
    """Of an elementwise op: three axes, a transposed view, nothing at all, one number without axes. rest: of Case."""
    specs = {
        "three axes": drawn(2, 3, 5, scale=scale, offset=offset),
        "transposed": drawn(4, 7, scale=scale, offset=offset, permute=[1, 0]),
        "empty": drawn(3, 0, scale=scale, offset=offset),
        "no axes": drawn(scale=scale, offset=offset),
    }
    return [Case(op, name, [spec], function, tolerance, **rest) for name, spec in specs.items()]


def special(op, function, tolerance, values=(0.0, -0.0, 1.0, -1.0, INF, -INF, NAN), **rest):
    """What is at the ends of numbers. Values alone: slopes there are by convention."""
    return [Case(op, "special values", [given(values)], function, tolerance, without_gradient=True, **rest)]


def binary(op, function, tolerance, scale=2.0, offset=0.0, **rest):
    """Of an elementwise op: one shape, both ways of broadcasting, a view, nothing at all. rest: of Case.

    Gradients of what is broadcast are sums.
    """

    def pair(left, right, permute=None):
        view = {"permute": permute} if permute else {}
        return [drawn(*left, scale=scale, offset=offset, **view), drawn(*right, scale=scale, offset=offset)]

    shapes = {
        "one shape": pair([3, 5], [3, 5]),
        "rows": pair([4, 3, 5], [5]),
        "columns against rows": pair([7, 1], [1, 6]),
        "transposed": pair([5, 3], [3, 5], [1, 0]),
        "empty": pair([0, 3], [3]),
    }
    lengths = {"rows": 12, "columns against rows": 7}
    return [
        Case(op, name, inputs, function, tolerance, **{**summed(lengths.get(name)), **rest})
        for name, inputs in shapes.items()
    ]


def summed(length):
    return {} if length is None else {"gradient_tolerance": sums(length)}
