"""Powers, logarithms, trigonometry, rounding, and whole numbers by their bits."""

import math

import torch

from op_cases.arithmetic import ENDS, PAIRS, at_ends, comparison, on_integers
from op_cases.case import (
    INF,
    NAN,
    Case,
    activation,
    binary,
    drawn,
    exact,
    exponential,
    given,
    logarithm,
    special,
    ulps,
    unary,
    whole,
)

HALVES = [0.0, -0.0, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49, -0.49, 1e9, -1e9, 2.0**24, INF, -INF, NAN]


def smooth(op, function, tolerance=activation, scale=2.0, offset=0.0, values=tuple(ENDS), **rest):
    cases = unary(op, function, tolerance, scale=scale, offset=offset, rounds_constants=True, **rest)
    return [*cases, *special(op, function, tolerance, values)]


def rounding(op, function):
    """Steps, whose slope is 0."""
    return [*unary(op, function, exact, scale=9.0), *special(op, function, exact, HALVES)]


def bits(op, function):
    """Of whole numbers with and without sign, and, but for shifts, of truth."""
    is_shift = "Shift" in op
    pairs = [
        [whole(4, 5, bound=2**20, low=-(2**19)), whole(5, bound=32 if is_shift else 2**20)],
        [whole(3, 4, bound=2**20, dtype="u32"), whole(3, 4, bound=12 if is_shift else 2**20, dtype="u32")],
    ]
    names = ["with sign", "without sign"]
    if not is_shift:
        pairs.append([whole(3, 4, bound=2, dtype="bool"), whole(3, 4, bound=2, dtype="bool")])
        names.append("truth")

    def in_32_bits(a, b):
        if a.dtype == torch.bool:
            return function(a, b)
        return function(a.to(torch.int32), b.to(torch.int32))

    return [Case(op, name, inputs, in_32_bits, exact) for name, inputs in zip(names, pairs)]


def truth(op, function):
    inputs = [given([0.0, 1.0, NAN, -0.5, 0.0]), given([0.0, 0.0, 2.0, 3.0, -0.0])]
    return [
        Case(op, "numbers", inputs, function, exact, without_gradient=True),
        Case(op, "truth", [whole(3, 1, bound=2, dtype="bool"), whole(4, bound=2, dtype="bool")], function, exact),
        Case(op, "whole numbers", [whole(3, 4, bound=3, low=-1), whole(4, bound=2)], function, exact),
    ]


NONZERO = {"scale": 1.0, "offset": 2.5}

CASES = [
    *smooth("exp2", torch.exp2, exponential),
    *smooth("expm1", torch.expm1, activation),
    *smooth("log2", torch.log2, logarithm, scale=0.5, offset=2.5),
    *smooth("log1p", torch.log1p, logarithm, scale=0.5, offset=2.5, values=(0.0, -1.0, -2.0, 1e-6, INF, NAN)),
    *smooth("sin", torch.sin),
    *smooth("cos", torch.cos),
    *smooth("tan", torch.tan, scale=1.2),
    *smooth("asin", torch.asin, scale=0.9),
    *smooth("acos", torch.acos, scale=0.9),
    *smooth("atan", torch.atan, scale=5.0),
    *smooth("sinh", torch.sinh),
    *smooth("cosh", torch.cosh),
    *smooth("asinh", torch.asinh, scale=5.0),
    *smooth("acosh", torch.acosh, scale=1.0, offset=2.5),
    *smooth("atanh", torch.atanh, scale=0.9),
    *smooth("erfc", torch.erfc),
    *smooth("reciprocal", torch.reciprocal, ulps(3), scale=1.0, offset=2.5),
    Case("sin", "many turns", [drawn(3, 7, scale=1000.0)], torch.sin, activation),
    Case("cos", "many turns", [drawn(3, 7, scale=1000.0)], torch.cos, activation),
    Case("tan", "many turns", [drawn(3, 7, scale=100.0)], torch.tan, activation, without_gradient=True),
    *rounding("sign", torch.sign),
    *rounding("floor", torch.floor),
    *rounding("ceil", torch.ceil),
    *rounding("round", torch.round),
    *rounding("trunc", torch.trunc),
    *unary("frac", torch.frac, exact, scale=9.0),
    *special("isInf", torch.isinf, exact),
    *binary("atan2", torch.atan2, activation, offset=3.0, rounds_constants=True),
    *at_ends("atan2", torch.atan2, activation),
    *binary("remainder", torch.remainder, ulps(1), **NONZERO),
    *on_integers("remainder", lambda a, b: torch.remainder(a, b), low=1),
    Case("remainder", "all signs", [given([5.5, -5.5, 5.5, -5.5, 6.0, -6.0]), given([2.0, 2.0, -2.0, -2.0, 3.0, 3.0])], torch.remainder, exact, without_gradient=True),
    *binary("fmod", torch.fmod, ulps(1), **NONZERO),
    Case("fmod", "all signs", [given([5.5, -5.5, 5.5, -5.5, 6.0, -6.0]), given([2.0, 2.0, -2.0, -2.0, 3.0, 3.0])], torch.fmod, exact, without_gradient=True),
    *binary("hypot", torch.hypot, ulps(5), offset=3.0),
    *binary("logAddExp", torch.logaddexp, activation),
    *at_ends("logAddExp", torch.logaddexp, activation),
    *binary("copysign", torch.copysign, exact),
    Case("heaviside", "all signs", [given([-1.5, 0.0, 2.0, -0.0, INF, -INF]), given([7.0, 7.0, 7.0, 0.5, 7.0, 7.0])], torch.heaviside, exact, without_gradient=True),
    Case("heaviside", "broadcast", [whole(4, 3, bound=3, low=-1, dtype="f32"), given([0.5, 1.0, -2.0])], torch.heaviside, exact, without_gradient=True),
    Case("lerp", "one shape", [drawn(3, 4), drawn(3, 4), drawn(3, 4, scale=1.0)], torch.lerp, activation),
    Case("lerp", "a number for weight", [drawn(3, 4, permute=[1, 0]), drawn(4, 3)], lambda a, b: torch.lerp(a, b, 0.25), activation, call=["$0", "$1", 0.25]),
    Case("addcmul", "broadcast", [drawn(3, 4), drawn(4), drawn(3, 1)], lambda x, a, b: torch.addcmul(x, a, b, value=0.5), activation, call=["$0", "$1", "$2", {"value": 0.5}]),
    Case("addcdiv", "broadcast", [drawn(3, 4), drawn(4), drawn(3, 1, **NONZERO)], lambda x, a, b: torch.addcdiv(x, a, b, value=0.5), activation, call=["$0", "$1", "$2", {"value": 0.5}]),
    Case("nanToNum", "defaults", [given([*ENDS, 3.5])], lambda x: torch.nan_to_num(x.float()), exact, without_gradient=True),
    Case("nanToNum", "chosen", [given([*ENDS, 3.5])], lambda x: torch.nan_to_num(x, 1.0, 2.0, -2.0), exact, call=["$0", {"nan": 1, "posInf": 2, "negInf": -2}]),
    *bits("bitwiseAnd", torch.bitwise_and),
    *bits("bitwiseOr", torch.bitwise_or),
    *bits("bitwiseXor", torch.bitwise_xor),
    *bits("bitwiseLeftShift", torch.bitwise_left_shift),
    *bits("bitwiseRightShift", torch.bitwise_right_shift),
    Case("bitwiseNot", "with sign", [whole(3, 5, bound=2000, low=-1000)], torch.bitwise_not, exact),
    Case("bitwiseNot", "truth", [whole(3, 5, bound=2, dtype="bool")], torch.bitwise_not, exact),
    *truth("logicalAnd", torch.logical_and),
    *truth("logicalOr", torch.logical_or),
    *truth("logicalXor", torch.logical_xor),
]
