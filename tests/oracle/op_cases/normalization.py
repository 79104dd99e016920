"""Norms over groups of channels, and over the channels around one."""

import torch.nn.functional as F

from op_cases.case import INF, NAN, Case, drawn, given, normalised

FAR = {"offset": 1000.0}


def normed(op, name, x, function, before, channels=None, eps=1e-5, **rest):
    """`function` of x, weight, bias and eps; with weight and bias where `channels` are given. before: our other arguments."""
    inputs = [drawn(channels), drawn(channels)] if channels else []
    options = {**({"weight": "$1", "bias": "$2"} if channels else {}), **({} if eps == 1e-5 else {"eps": eps})}
    return Case(
        op,
        name,
        [x, *inputs],
        lambda x, w=None, b=None: function(x, w, b, eps),
        normalised,
        call=["$0", *before, options],
        rounds_constants=True,
        **rest,
    )


def group_norm(name, x, groups, **rest):
    return normed("groupNorm", name, x, lambda x, w, b, eps: F.group_norm(x, groups, w, b, eps), [groups], **rest)


def instance_norm(name, x, **rest):
    return normed("instanceNorm", name, x, lambda x, w, b, eps: F.instance_norm(x, weight=w, bias=b, eps=eps), [], **rest)


def local_response_norm(name, x, size, **rest):
    facts = {key: rest.pop(key) for key in ("alpha", "beta", "k") if key in rest}
    return Case(
        "localResponseNorm",
        name,
        [x],
        lambda x: F.local_response_norm(x, size, **facts),
        normalised,
        call=["$0", size, facts],
        rounds_constants=True,
        **rest,
    )


STRANGE = [1.0, 2.0, 3.0, INF, 0.5, -1.0, 4.0, 4.0, NAN, 2.0, 1.0, 0.0]

CASES = [
    group_norm("pictures", drawn(2, 6, 3, 4), 3, channels=6),
    group_norm("quads", drawn(2, 4, 2, 4), 2, channels=4),
    group_norm("one group", drawn(3, 4, 5), 1),
    group_norm("as many groups as channels", drawn(2, 3, 7), 3, channels=3),
    group_norm("rows", drawn(4, 6), 2, channels=6),
    group_norm("one item of volumes", drawn(1, 4, 2, 3, 2), 2, channels=4, eps=0.5),
    group_norm("far from 0", drawn(2, 4, 9, **FAR), 2, channels=4),
    group_norm("channels last", drawn(2, 5, 4, permute=[0, 2, 1]), 2, channels=4),
    group_norm("without a deviation", given([3.0] * 8, shape=[1, 4, 2]), 2, channels=4),
    group_norm("groups of one value", drawn(3, 4), 4, channels=4),
    group_norm("special values", given(STRANGE, shape=[1, 4, 3]), 2, without_gradient=True),
    group_norm("empty", drawn(0, 4, 3), 2, channels=4),
    instance_norm("sequences", drawn(3, 2, 7), channels=2),
    instance_norm("pictures", drawn(2, 3, 4, 5), channels=3),
    instance_norm("volumes", drawn(2, 2, 2, 3, 4)),
    instance_norm("far from 0", drawn(2, 3, 8, **FAR), channels=3, eps=1e-3),
    instance_norm("special values", given(STRANGE, shape=[2, 2, 3]), without_gradient=True),
    instance_norm("empty", drawn(0, 3, 4)),
    Case(
        "instanceNorm",
        "by running values",
        [drawn(2, 3, 4), drawn(3, constant=True), drawn(3, scale=0.5, offset=1.0, constant=True), drawn(3), drawn(3)],
        lambda x, m, v, w, b: F.instance_norm(x, m, v, w, b, use_input_stats=False),
        normalised,
        call=["$0", {"runningMean": "$1", "runningVar": "$2", "weight": "$3", "bias": "$4", "useInputStats": False}],
        rounds_constants=True,
    ),
    Case(
        "batchNorm",
        "volumes",
        [drawn(2, 3, 2, 2, 4), drawn(3), drawn(3)],
        lambda x, w, b: F.batch_norm(x, None, None, w, b, training=True),
        normalised,
        call=["$0", {"weight": "$1", "bias": "$2", "training": True}],
        rounds_constants=True,
    ),
    local_response_norm("sequences", drawn(2, 7, 3, scale=20.0), 3, alpha=0.1),
    local_response_norm("an even number of channels", drawn(2, 5, 2, 3, scale=20.0), 4, alpha=0.01, beta=0.5, k=2.0),
    local_response_norm("more channels than there are", drawn(1, 3, 2, 2, scale=100.0), 9),
    local_response_norm("one channel", drawn(1, 4, 5, scale=9.0), 1, alpha=1.0, beta=1.0),
    local_response_norm("volumes", drawn(1, 4, 2, 2, 3, scale=100.0), 2),
    local_response_norm("channels last", drawn(2, 3, 6, permute=[0, 2, 1], scale=30.0), 5, alpha=0.02),
    local_response_norm("special values", given(STRANGE, shape=[1, 12, 1]), 3, without_gradient=True),
    local_response_norm("empty", drawn(2, 0, 3), 3),
]
