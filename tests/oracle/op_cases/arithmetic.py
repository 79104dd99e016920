"""Arithmetic, powers, rounding and comparisons: elementwise ops that have no family of their own."""

import torch

from op_cases.case import (
    INF,
    NAN,
    Case,
    binary,
    drawn,
    exact,
    exponential,
    given,
    logarithm,
    power,
    special,
    ulps,
    unary,
    whole,
)

ENDS = [0.0, -0.0, 1.0, -1.0, INF, -INF, NAN]
PAIRS = [(a, b) for a in ENDS for b in ENDS]
# Which of 0 and -0 is the larger is nobody's business.
UNEQUAL = [(a, b) for a, b in PAIRS if not a == b == 0]


def at_ends(op, function, tolerance, pairs=PAIRS):
    """Each pair of numbers at the ends. Values alone: slopes there are by convention."""
    inputs = [given(side) for side in zip(*pairs)]
    return [Case(op, "special pairs", inputs, function, tolerance, without_gradient=True)]


def on_integers(op, function, low=-9):
    """Whole numbers stay exact, or give truth."""
    inputs = [whole(4, 5, bound=19, low=low), whole(5, bound=19, low=low)]
    return [Case(op, "whole numbers", inputs, function, exact)]


def comparison(op, function):
    cases = binary(op, function, exact, without_gradient=True)
    return [*cases, *at_ends(op, function, exact), *on_integers(op, function)]


CASES = [
    *unary("abs", torch.abs, exact),
    *special("abs", torch.abs, exact),
    *unary("neg", torch.neg, exact),
    *special("neg", torch.neg, exact),
    *unary("square", torch.square, ulps(1)),
    *special("square", torch.square, ulps(1)),
    *unary("exp", torch.exp, exponential),
    *special("exp", torch.exp, exponential),
    *unary("log", torch.log, logarithm, scale=1.0, offset=1.5, gradient_tolerance=ulps(3)),
    *special("log", torch.log, logarithm, [1.0, *ENDS]),
    *unary("sqrt", torch.sqrt, ulps(5), scale=1.0, offset=1.5),
    *special("sqrt", torch.sqrt, ulps(5), [4.0, *ENDS]),
    *unary("rsqrt", torch.rsqrt, ulps(5), scale=1.0, offset=1.5),
    *special("rsqrt", torch.rsqrt, ulps(5), [4.0, *ENDS]),
    *binary("add", torch.add, ulps(1)),
    *at_ends("add", torch.add, ulps(1)),
    *on_integers("add", torch.add),
    *binary("sub", torch.sub, ulps(1)),
    *at_ends("sub", torch.sub, ulps(1)),
    *on_integers("sub", torch.sub),
    *binary("mul", torch.mul, ulps(1)),
    *at_ends("mul", torch.mul, ulps(1)),
    *on_integers("mul", torch.mul),
    *binary("div", torch.div, ulps(3), scale=1.0, offset=1.5),
    *at_ends("div", torch.div, ulps(3)),
    *binary("pow", torch.pow, power, scale=0.5, offset=2.0),
    *at_ends("pow", torch.pow, power),
    Case("pow", "fractions", [given([-INF, -INF, INF, INF, -4.0, 0.0, -0.0]), given([2.5, -2.5, 2.5, -2.5, 0.5, 0.5, -0.5])], torch.pow, power, without_gradient=True),
    *binary("maximum", torch.maximum, exact),
    *at_ends("maximum", torch.maximum, exact, UNEQUAL),
    *on_integers("maximum", torch.maximum),
    *binary("minimum", torch.minimum, exact),
    *at_ends("minimum", torch.minimum, exact, UNEQUAL),
    *on_integers("minimum", torch.minimum),
    Case(
        "clamp", "both bounds", [drawn(4, 7)], lambda x: torch.clamp(x, -0.5, 1.0), exact, call=["$0", {"min": -0.5, "max": 1.0}]
    ),
    Case("clamp", "from below", [drawn(4, 7)], lambda x: torch.clamp(x, min=0.25), exact, call=["$0", {"min": 0.25}]),
    Case("clamp", "from above, transposed", [drawn(4, 7, permute=[1, 0])], lambda x: torch.clamp(x, max=0.25), exact, call=["$0", {"max": 0.25}]),
    Case("clamp", "special values", [given([*ENDS, 2.0])], lambda x: torch.clamp(x, -1.0, 1.0), exact, call=["$0", {"min": -1, "max": 1}], without_gradient=True),
    *comparison("equal", torch.eq),
    *comparison("notEqual", torch.ne),
    *comparison("less", torch.lt),
    *comparison("lessEqual", torch.le),
    *comparison("greater", torch.gt),
    *comparison("greaterEqual", torch.ge),
    *special("isNaN", torch.isnan, exact),
    *special("isFinite", torch.isfinite, exact),
    Case("logicalNot", "numbers", [given([0.0, -0.0, 0.5, -3.0, INF, NAN])], torch.logical_not, exact, without_gradient=True),
    Case("logicalNot", "truth", [whole(3, 4, bound=2, dtype="bool")], torch.logical_not, exact),
    Case("logicalNot", "whole numbers", [whole(3, 4, bound=3, low=-1)], torch.logical_not, exact),
    Case("where", "one shape", [whole(3, 4, bound=2, dtype="bool"), drawn(3, 4), drawn(3, 4)], torch.where, exact),
    Case("where", "all broadcast", [whole(3, 1, bound=2, dtype="bool"), drawn(4), drawn(2, 1, 1)], torch.where, ulps(1), gradient_tolerance={"family": "reduction", "length": 12}),
    Case("where", "nothing leaks", [given([1, 0, 1, 0], "bool"), given([1.0, NAN, 2.0, INF]), given([NAN, 1.0, -INF, 3.0])], torch.where, exact),
    Case("cast", "to whole numbers", [given([0.0, 0.5, 1.5, -1.5, -0.99, 1e6, -2e9])], lambda x: x.to(torch.int32), exact, call=["$0", "i32"], without_gradient=True),
    Case("cast", "to truth", [given([0.0, -0.0, 0.5, INF, NAN])], lambda x: x.to(torch.bool), exact, call=["$0", "bool"], without_gradient=True),
    Case("cast", "from whole numbers", [whole(3, 4, bound=2000, low=-1000)], lambda x: x.double(), exact, call=["$0", "f32"]),
    Case("cast", "from truth", [whole(3, 4, bound=2, dtype="bool")], lambda x: x.double(), exact, call=["$0", "f32"]),
]
