"""Reductions other than sums, and running sums, products and extrema."""

import torch

from op_cases.case import INF, NAN, Case, drawn, exact, given, normalised, sums, whole
from op_cases.reductions import over_axes

ZEROS = given([1.5, 0.0, -2.0, 0.0, 0.0, 3.0, 2.0, -1.5, 0.5], shape=[3, 3])
TIES = given([3.0, 1.0, 3.0, 2.0, 1.0, -INF, INF, 2.0, 2.0, 1.0], shape=[2, 5])


def scan(op, function, tolerance, **rest):
    """Along each of three axes, a view, one number, nothing."""
    specs = {
        "the first axis": (drawn(5, 3, 2), 0),
        "an axis within": (drawn(2, 7, 3), 1),
        "the last axis": (drawn(3, 9), -1),
        "a view": (drawn(4, 6, permute=[1, 0]), 0),
        "one number": (drawn(1), 0),
        "nothing": (drawn(0, 3), 0),
    }
    return [
        Case(op, name, [spec], lambda x, axis=axis: function(x, axis), tolerance, call=["$0", axis], **rest)
        for name, (spec, axis) in specs.items()
    ]


def picks(op, function):
    """`function(x, axis)` gives values and indices."""
    return [
        Case(op, "values of rows", [drawn(4, 7)], lambda x: function(x, 1)[0], exact, call=["$0", {"axis": 1}], result="values"),
        Case(op, "values of columns", [drawn(7, 3)], lambda x: function(x, 0)[0], exact, call=["$0", {"axis": 0}], result="values"),
        Case(op, "indices", [drawn(4, 7)], lambda x: function(x, 1)[1], exact, call=["$0", {"axis": 1}], result="indices", without_gradient=True),
        Case(op, "whole numbers", [whole(4, 9, bound=1000, low=-500)], lambda x: function(x, 1)[0], exact, call=["$0", {"axis": 1}], result="values"),
    ]


def running_extrema(op, function):
    return [
        Case(op, "values", [drawn(3, 9)], lambda x: function(x, 1)[0], sums(9), call=["$0", 1], result="values"),
        Case(op, "values of columns", [drawn(8, 2)], lambda x: function(x, 0)[0], sums(8), call=["$0", 0], result="values"),
        Case(op, "indices of ties", [TIES], lambda x: function(x, 1)[1], exact, call=["$0", 1], result="indices", without_gradient=True),
    ]


def truth(op, function):
    return [
        Case(op, "all", [whole(3, 4, bound=2, dtype="bool")], lambda x: function(x), exact),
        Case(op, "rows", [whole(3, 4, bound=2)], lambda x: function(x, 1), exact, call=["$0", {"axis": 1}]),
        Case(op, "numbers", [given([0.0, -0.0, NAN, 0.0, 0.0, 0.0], shape=[2, 3])], lambda x: function(x, 1), exact, call=["$0", {"axis": 1}], without_gradient=True),
        Case(op, "nothing", [drawn(0, 3)], lambda x: function(x, 0), exact, call=["$0", {"axis": 0}], without_gradient=True),
    ]


def variances(op, function):
    rest = {"rounds_constants": True}
    cases = over_axes(op, lambda x, dims, keep: function(x, dims, keepdim=keep), lambda _: normalised, **rest)
    return [
        *cases,
        Case(op, "of a population", [drawn(4, 7)], lambda x: function(x, 1, correction=0), normalised, call=["$0", {"axis": 1, "correction": 0}], **rest),
        Case(op, "far from 0", [drawn(4, 7, offset=1000.0)], lambda x: function(x, 1), normalised, call=["$0", {"axis": 1}], **rest),
    ]


def norms(p, stored=None):
    name = f"p = {p}"
    options = {"p": stored if stored is not None else p, "axis": 1}
    return Case("norm", name, [drawn(4, 7)], lambda x: torch.linalg.vector_norm(x, p, 1), normalised, call=["$0", options], without_gradient=p == 0, rounds_constants=p == 3)


def selected(x, mask, size, fill):
    found = x[mask.broadcast_to(x.shape)][:size]
    return torch.cat([found, torch.full([size - found.numel()], fill, dtype=x.dtype)])


CASES = [
    Case("prod", "all", [drawn(2, 5)], lambda x: x.prod(), normalised),
    Case("prod", "rows", [drawn(3, 7)], lambda x: x.prod(1), normalised, call=["$0", {"axis": 1}]),
    Case("prod", "columns, kept", [drawn(5, 4)], lambda x: x.prod(0, keepdim=True), normalised, call=["$0", {"axis": 0, "keepDims": True}]),
    Case("prod", "zeros", [ZEROS], lambda x: x.prod(1), normalised, call=["$0", {"axis": 1}]),
    Case("prod", "whole numbers", [whole(4, 5, bound=9, low=-4)], lambda x: x.prod(1), exact, call=["$0", {"axis": 1}]),
    Case("prod", "of nothing", [drawn(2, 0)], lambda x: x.prod(1), exact, call=["$0", {"axis": 1}]),
    *variances("variance", torch.var),
    *variances("std", torch.std),
    *over_axes("logSumExp", lambda x, dims, keep: x.logsumexp(dims, keep), lambda _: normalised),
    Case("logSumExp", "large", [given([1e4, 9.999e3, -1e4, -INF, -INF, -INF], shape=[2, 3])], lambda x: x.logsumexp(1), normalised, call=["$0", {"axis": 1}], without_gradient=True),
    *[norms(p) for p in (0, 1, 2, 3)],
    Case("norm", "all", [drawn(3, 4, permute=[1, 0])], torch.linalg.vector_norm, normalised),
    Case("norm", "a fraction", [drawn(3, 5)], lambda x: torch.linalg.vector_norm(x, 1.5, 0, keepdim=True), normalised, call=["$0", {"p": 1.5, "axis": 0, "keepDims": True}], rounds_constants=True),
    *truth("any", torch.any),
    *truth("all", torch.all),
    *truth("countNonzero", torch.count_nonzero),
    *scan("cumsum", torch.cumsum, sums(9)),
    Case("cumsum", "whole numbers", [whole(3, 8, bound=2000, low=-1000)], lambda x: x.cumsum(1), exact, call=["$0", 1]),
    Case("cumsum", "truth", [whole(3, 8, bound=2, dtype="bool")], lambda x: x.cumsum(1), exact, call=["$0", 1]),
    *scan("cumprod", torch.cumprod, normalised),
    Case("cumprod", "zeros", [ZEROS], lambda x: x.cumprod(1), normalised, call=["$0", 1]),
    *scan("logCumSumExp", torch.logcumsumexp, normalised),
    *running_extrema("cummax", torch.cummax),
    *running_extrema("cummin", torch.cummin),
    *picks("maxWithIndices", torch.max),
    *picks("minWithIndices", torch.min),
    *picks("median", torch.median),
    Case("maskedSelect", "cut off", [drawn(3, 4), whole(3, 4, bound=2, dtype="bool")], lambda x, m: selected(x, m, 3, 0.0), exact, call=["$0", "$1", {"size": 3}]),
    Case("maskedSelect", "filled up", [drawn(3, 4), whole(4, bound=2, dtype="bool")], lambda x, m: selected(x, m, 10, -1.0), exact, call=["$0", "$1", {"size": 10, "fillValue": -1}]),
    Case("histogram", "a range", [drawn(40)], lambda x: torch.histogram(x, 5, range=(-1.5, 1.5))[0], exact, call=["$0", 5, {"range": [-1.5, 1.5]}], result="hist", without_gradient=True),
    Case("histogram", "edges of its own range", [drawn(40)], lambda x: torch.histogram(x, 4)[1], sums(4), call=["$0", 4], result="binEdges", without_gradient=True, rounds_constants=True),
    Case("histogram", "weights", [drawn(30), drawn(30, scale=1.0, offset=2.0)], lambda x, w: torch.histogram(x, 4, range=(-2.0, 2.0), weight=w)[0], sums(30), call=["$0", 4, {"range": [-2, 2], "weight": "$1"}], result="hist", without_gradient=True),
]
