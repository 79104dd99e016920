"""Reductions over any axes, and what is made of rows."""

import torch

from op_cases.case import INF, NAN, Case, drawn, exact, given, normalised, sums, whole

AXES = {
    "all": (None, {}),
    "the last axis": (-1, {"axis": -1}),
    "the first axis": (0, {"axis": 0}),
    "two axes, kept": ((0, 2), {"axis": [0, 2], "keepDims": True}),
}


def over_axes(op, function, tolerance_of, **rest):
    """`function(x, dim, keepdim)`; `dim` is a tuple."""
    cases = []
    for name, (axis, options) in AXES.items():
        dims = tuple(range(3)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        length = 1
        for dim in dims:
            length *= (4, 5, 7)[dim]
        cases.append(
            Case(
                op,
                name,
                [drawn(4, 5, 7)],
                lambda x, dims=dims, keep="keepDims" in options: function(x, dims, keep),
                tolerance_of(length),
                call=["$0", options],
                **rest,
            )
        )
    return cases


def extremum(op, function):
    """`function(x, dim, keepdim)` over one axis, and over all."""
    index = op.startswith("arg")
    rest = {"without_gradient": True} if index else {}

    def over_all(x):
        return function(x.reshape(-1), 0, False)

    return [
        Case(op, "all", [drawn(4, 5, 7)], over_all, exact, **rest),
        Case(op, "the last axis", [drawn(4, 5, 7)], lambda x: function(x, -1, False), exact, call=["$0", {"axis": -1}], **rest),
        Case(op, "the first axis, kept", [drawn(4, 5, 7)], lambda x: function(x, 0, True), exact, call=["$0", {"axis": 0, "keepDims": True}], **rest),
        Case(op, "a view", [drawn(5, 6, permute=[1, 0])], lambda x: function(x, 0, False), exact, call=["$0", {"axis": 0}], **rest),
        Case(op, "NaN wins", [given([1.0, NAN, 3.0, -INF, INF, 2.0], shape=[2, 3])], lambda x: function(x, 1, False), exact, call=["$0", {"axis": 1}], without_gradient=True),
        Case(op, "whole numbers", [whole(5, 8, bound=1000, low=-500)], lambda x: function(x, 1, False), exact, call=["$0", {"axis": 1}], without_gradient=True),
    ]


CASES = [
    *over_axes("sum", lambda x, dims, keep: x.sum(dims, keep), sums),
    *over_axes("mean", lambda x, dims, keep: x.mean(dims, keep), sums, rounds_constants=True),
    Case("sum", "of nothing", [drawn(3, 0)], lambda x: x.sum(1), exact, call=["$0", {"axis": 1}]),
    Case("sum", "whole numbers", [whole(6, 9, bound=99, low=-50)], lambda x: x.sum(0), exact, call=["$0", {"axis": 0}]),
    Case("sum", "truth", [whole(6, 9, bound=2, dtype="bool")], lambda x: x.sum(1), exact, call=["$0", {"axis": 1}]),
    Case("sum", "a view", [drawn(6, 9, permute=[1, 0])], lambda x: x.sum(1), sums(6), call=["$0", {"axis": 1}]),
    *extremum("max", lambda x, dim, keep: x.max(dim, keep)[0]),
    *extremum("min", lambda x, dim, keep: x.min(dim, keep)[0]),
    *extremum("argmax", lambda x, dim, keep: x.argmax(dim, keep)),
    *extremum("argmin", lambda x, dim, keep: x.argmin(dim, keep)),
    Case("softmax", "the last axis", [drawn(3, 4, 7, scale=5.0)], lambda x: x.softmax(-1), normalised),
    Case("softmax", "an axis within", [drawn(3, 7, 4, scale=5.0)], lambda x: x.softmax(1), normalised, call=["$0", {"axis": 1}]),
    Case("softmax", "masked", [given([1.0, -INF, 2.0, -INF, -INF, 0.5], shape=[2, 3])], lambda x: x.softmax(-1), normalised),
    Case("softmax", "large", [given([1e4, 9.999e3, -1e4, 88.0, 89.0, 90.0], shape=[2, 3])], lambda x: x.softmax(-1), normalised),
    Case("softmax", "nothing", [drawn(0, 4)], lambda x: x.softmax(-1), normalised),
    Case("logSoftmax", "the last axis", [drawn(3, 4, 7, scale=5.0)], lambda x: x.log_softmax(-1), normalised),
    Case("logSoftmax", "the first axis of a view", [drawn(6, 5, scale=5.0, permute=[1, 0])], lambda x: x.log_softmax(0), normalised, call=["$0", {"axis": 0}]),
    Case("logSoftmax", "large", [given([1e4, 9.999e3, -1e4, 88.0, 89.0, 90.0], shape=[2, 3])], lambda x: x.log_softmax(-1), normalised),
]
