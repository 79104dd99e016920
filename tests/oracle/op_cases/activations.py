"""Activations and the functions that they are made of."""

import torch
import torch.nn.functional as F

from op_cases.case import INF, NAN, Case, activation, drawn, exact, given, normalised, special, sums, ulps, unary


def activated(op, function, tolerance=activation, **rest):
    return [*unary(op, function, tolerance, scale=4.0, **rest), *special(op, function, tolerance, **rest)]


CASES = [
    *activated("relu", F.relu, exact),
    *activated("sigmoid", torch.sigmoid),
    *activated("silu", F.silu),
    *activated("softplus", F.softplus),
    *activated("tanh", torch.tanh),
    *activated("erf", torch.erf, rounds_constants=True),
    *activated("gelu", F.gelu),
    *unary("erfInv", torch.erfinv, activation, scale=0.9, rounds_constants=True),
    Case(
        "gelu",
        "by tanh",
        [drawn(3, 5, scale=4.0)],
        lambda x: F.gelu(x, approximate="tanh"),
        activation,
        call=["$0", {"approximate": "tanh"}],
    ),
    *activated("leakyRelu", F.leaky_relu, ulps(1), rounds_constants=True),
    Case(
        "leakyRelu",
        "a steep slope",
        [drawn(3, 5)],
        lambda x: F.leaky_relu(x, 0.5),
        exact,
        call=["$0", {"negativeSlope": 0.5}],
    ),
    Case("gelu", "far out", [given([30.0, -30.0, 8.0, -8.0, 1e4, -1e4])], F.gelu, activation),
    Case("silu", "far out", [given([30.0, -30.0, 88.0, -88.0, 1e4, -1e4])], F.silu, activation),
    Case("softplus", "far out", [given([30.0, -30.0, 88.0, -88.0, 700.0, -1e4])], lambda x: F.softplus(x, threshold=1e9), activation),
    *activated("elu", F.elu),
    Case("elu", "alpha", [drawn(3, 5)], lambda x: F.elu(x, 0.5), activation, call=["$0", {"alpha": 0.5}]),
    *activated("selu", F.selu, rounds_constants=True),
    *activated("celu", F.celu),
    Case("celu", "alpha", [drawn(3, 5)], lambda x: F.celu(x, 2.0), activation, call=["$0", {"alpha": 2}]),
    *activated("mish", F.mish),
    *activated("hardSigmoid", F.hardsigmoid, rounds_constants=True),
    *activated("hardSwish", F.hardswish, rounds_constants=True),
    *activated("hardTanh", F.hardtanh, exact),
    Case("hardTanh", "chosen bounds", [drawn(3, 5)], lambda x: F.hardtanh(x, -0.5, 1.5), exact, call=["$0", {"min": -0.5, "max": 1.5}]),
    *unary("relu6", F.relu6, exact, scale=9.0),
    *special("relu6", F.relu6, exact, [0.0, 6.0, 7.0, -1.0, INF, -INF, NAN]),
    *activated("logSigmoid", F.logsigmoid),
    *activated("softsign", F.softsign),
    *activated("tanhShrink", F.tanhshrink),
    *unary("softShrink", F.softshrink, ulps(1)),
    Case("softShrink", "lambda", [drawn(3, 5)], lambda x: F.softshrink(x, 1.25), ulps(1), call=["$0", {"lambda": 1.25}]),
    *unary("hardShrink", F.hardshrink, exact),
    Case("hardShrink", "lambda", [drawn(3, 5)], lambda x: F.hardshrink(x, 1.25), exact, call=["$0", {"lambda": 1.25}]),
    Case("threshold", "rows", [drawn(3, 5)], lambda x: F.threshold(x, 0.25, -3.0), exact, call=["$0", 0.25, -3]),
    Case("threshold", "a view", [drawn(4, 6, permute=[1, 0])], lambda x: F.threshold(x, -0.5, 2.0), exact, call=["$0", -0.5, 2]),
    Case("prelu", "a slope for each channel", [drawn(2, 3, 4), drawn(3)], F.prelu, ulps(1), gradient_tolerance=activation),
    Case("prelu", "one slope", [drawn(2, 3, 4), drawn(1)], F.prelu, ulps(1), gradient_tolerance=activation),
    Case("glu", "the last axis", [drawn(3, 8)], F.glu, activation),
    Case("glu", "the first axis", [drawn(4, 5)], lambda x: F.glu(x, 0), activation, call=["$0", {"axis": 0}]),
    *unary("swish", F.silu, activation, scale=4.0),
    Case("softmin", "the last axis", [drawn(3, 7, scale=5.0)], lambda x: F.softmin(x, -1), normalised),
    Case("softmin", "the first axis", [drawn(3, 7, scale=5.0)], lambda x: F.softmin(x, 0), normalised, call=["$0", {"axis": 0}]),
    Case("softplus", "beta and threshold", [drawn(3, 5, scale=4.0)], lambda x: F.softplus(x, 2.0, 3.0), activation, call=["$0", {"beta": 2, "threshold": 3}]),
]
