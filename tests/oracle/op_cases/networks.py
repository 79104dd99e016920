"""Products of matrices, convolution, pooling, norms and losses."""

import torch
import torch.nn.functional as F

from op_cases.case import Case, drawn, exact, given, normalised, sums, whole


def conv(name, x, w, bias=None, **options):
    """`options` as PyTorch has them; ours have the same names."""
    inputs = [drawn(*x), drawn(*w)] + ([drawn(bias)] if bias else [])
    ours = {**options, **({"bias": "$2"} if bias else {})}
    return Case(
        "conv2d", name, inputs, lambda x, w, b=None: F.conv2d(x, w, b, **options), sums(60), call=["$0", "$1", ours]
    )


def conv_transpose(name, x, w, bias=None, **options):
    names = {"output_padding": "outputPadding"}
    inputs = [drawn(*x), drawn(*w)] + ([drawn(bias)] if bias else [])
    ours = {**{names.get(key, key): value for key, value in options.items()}, **({"bias": "$2"} if bias else {})}
    return Case(
        "convTranspose2d",
        name,
        inputs,
        lambda x, w, b=None: F.conv_transpose2d(x, w, b, **options),
        sums(60),
        call=["$0", "$1", ours],
    )


def pool(op, function, name, shape, kernel, tolerance, ours=None, **options):
    names = {"count_include_pad": "countIncludePad", "ceil_mode": "ceilMode"}
    ours = {names.get(key, key): value for key, value in options.items()}
    return Case(op, name, [drawn(*shape)], lambda x: function(x, kernel, **options), tolerance, gradient_tolerance=sums(9), call=["$0", kernel, ours], rounds_constants=op == "avgPool2d")


def pools(op, function, tolerance):
    return [
        pool(op, function, "side by side", [1, 2, 6, 8], 2, tolerance),
        pool(op, function, "overlapping, padded", [2, 1, 7, 5], 3, tolerance, stride=2, padding=1),
        pool(op, function, "an oblong window", [1, 2, 5, 7], [1, 3], tolerance, stride=[2, 1]),
    ]


def reduced(op, function, inputs, call, **rest):
    return [
        Case(
            op,
            reduction,
            inputs,
            lambda *x, reduction=reduction: function(*x, reduction=reduction),
            normalised,
            call=[*call, {"reduction": reduction, **rest}],
            rounds_constants=reduction == "mean",
        )
        for reduction in ("mean", "sum", "none")
    ]


def batch_norm(x, weight, bias):
    return F.batch_norm(x, None, None, weight, bias, training=True)


LOGITS = drawn(6, 5, scale=4.0)
LABELS = whole(6, bound=5)
TRUTH = {"shape": [4, 3], "bound": 2, "low": 0, "dtype": "f32", "constant": True}

CASES = [
    Case("matmul", "two matrices", [drawn(5, 7), drawn(7, 3)], torch.matmul, sums(7)),
    Case("matmul", "a transposed one", [drawn(7, 5, permute=[1, 0]), drawn(3, 7, permute=[1, 0])], torch.matmul, sums(7)),
    Case("matmul", "batches that broadcast", [drawn(2, 1, 3, 4), drawn(3, 4, 2)], torch.matmul, sums(12)),
    Case("matmul", "vectors", [drawn(9), drawn(9)], torch.matmul, sums(9)),
    Case("matmul", "a matrix and a vector", [drawn(4, 9), drawn(9)], torch.matmul, sums(9)),
    Case("matmul", "a vector and matrices", [drawn(4), drawn(3, 4, 5)], torch.matmul, sums(15)),
    Case("matmul", "an inner size of 0", [drawn(3, 0), drawn(0, 2)], torch.matmul, exact),
    conv("3 x 3, padded", [2, 3, 5, 6], [2, 3, 3, 3], padding=1),
    conv("stride, dilation, bias", [1, 2, 9, 8], [3, 2, 3, 2], bias=3, stride=2, padding=[2, 1], dilation=[2, 1]),
    conv("groups", [2, 4, 5, 5], [6, 2, 3, 3], groups=2),
    conv("depthwise", [1, 3, 6, 6], [3, 1, 3, 3], groups=3, padding=1),
    conv("1 x 1", [2, 4, 3, 5], [3, 4, 1, 1], bias=3),
    conv("larger than the picture", [1, 1, 3, 3], [2, 1, 5, 5], padding=2),
    conv_transpose("stride 2", [1, 3, 4, 3], [3, 2, 4, 4], stride=2, padding=1),
    conv_transpose("output padding, dilation, bias", [1, 2, 3, 4], [2, 2, 3, 3], bias=2, stride=2, output_padding=1, dilation=2),
    conv_transpose("groups", [1, 4, 3, 3], [4, 2, 3, 2], groups=2, stride=[1, 3]),
    *pools("maxPool2d", F.max_pool2d, exact),
    *pools("avgPool2d", F.avg_pool2d, sums(9)),
    pool("maxPool2d", F.max_pool2d, "dilated", [1, 2, 8, 7], 2, exact, stride=2, dilation=2),
    pool("avgPool2d", F.avg_pool2d, "without its padding", [1, 2, 5, 5], 3, sums(9), stride=2, padding=1, count_include_pad=False),
    Case("layerNorm", "the last axis", [drawn(4, 9), drawn(9), drawn(9)], lambda x, w, b: F.layer_norm(x, (9,), w, b), normalised, call=["$0", [9], {"weight": "$1", "bias": "$2"}], rounds_constants=True),
    Case("layerNorm", "two axes, no weights", [drawn(3, 4, 5)], lambda x: F.layer_norm(x, (4, 5)), normalised, call=["$0", [4, 5]], rounds_constants=True),
    Case("layerNorm", "far from 0", [drawn(3, 16, offset=1000.0)], lambda x: F.layer_norm(x, (16,)), normalised, call=["$0", [16]], rounds_constants=True),
    Case("rmsNorm", "the last axis", [drawn(4, 9), drawn(9)], lambda x, w: F.rms_norm(x, (9,), w, 1e-5), normalised, call=["$0", [9], {"weight": "$1", "eps": 1e-5}], rounds_constants=True),
    Case("rmsNorm", "two axes, no weights", [drawn(2, 3, 5)], lambda x: F.rms_norm(x, (3, 5), None, 1e-6), normalised, call=["$0", [3, 5], {"eps": 1e-6}], rounds_constants=True),
    Case("batchNorm", "pictures", [drawn(3, 2, 4, 4), drawn(2), drawn(2)], batch_norm, normalised, call=["$0", {"weight": "$1", "bias": "$2", "training": True}], rounds_constants=True),
    Case("batchNorm", "rows", [drawn(8, 3), drawn(3), drawn(3)], batch_norm, normalised, call=["$0", {"weight": "$1", "bias": "$2", "training": True}], rounds_constants=True),
    Case("batchNorm", "far from 0", [drawn(16, 2, offset=1000.0), drawn(2), drawn(2)], batch_norm, normalised, call=["$0", {"weight": "$1", "bias": "$2", "training": True}], rounds_constants=True),
    Case("batchNorm", "in evaluation", [drawn(3, 2, 4), drawn(2, constant=True), drawn(2, scale=0.5, offset=1.0, constant=True), drawn(2), drawn(2)], lambda x, m, v, w, b: F.batch_norm(x, m, v, w, b), normalised, call=["$0", {"runningMean": "$1", "runningVar": "$2", "weight": "$3", "bias": "$4"}], rounds_constants=True),
    *reduced("crossEntropy", F.cross_entropy, [LOGITS, LABELS], ["$0", "$1"]),
    Case("crossEntropy", "smoothed labels", [LOGITS, LABELS], lambda x, t: F.cross_entropy(x, t, label_smoothing=0.1), normalised, call=["$0", "$1", {"labelSmoothing": 0.1}], rounds_constants=True),
    Case("crossEntropy", "a label that does not count", [LOGITS, LABELS], lambda x, t: F.cross_entropy(x, t, ignore_index=3), normalised, call=["$0", "$1", {"ignoreIndex": 3}], rounds_constants=True),
    *reduced("mseLoss", F.mse_loss, [drawn(3, 5), drawn(3, 5)], ["$0", "$1"]),
    *reduced("l1Loss", F.l1_loss, [drawn(3, 5), drawn(3, 5)], ["$0", "$1"]),
    *reduced("binaryCrossEntropyWithLogits", F.binary_cross_entropy_with_logits, [drawn(4, 3, scale=6.0), TRUTH], ["$0", "$1"]),
    Case("binaryCrossEntropyWithLogits", "a weight for yes", [drawn(4, 3, scale=6.0), TRUTH], lambda x, t: F.binary_cross_entropy_with_logits(x, t, pos_weight=torch.tensor(2.5)), normalised, call=["$0", "$1", {"posWeight": 2.5}], rounds_constants=True),
    Case("linearCrossEntropy", "mean", [drawn(6, 4), drawn(5, 4), LABELS], lambda x, w, t: F.cross_entropy(x @ w.T, t), normalised, rounds_constants=True),
    Case("scaledDotProductAttention", "causal", [drawn(1, 2, 5, 4), drawn(1, 2, 5, 4), drawn(1, 2, 5, 3)], lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True), normalised, call=["$0", "$1", "$2", {"causal": True}]),
    Case("scaledDotProductAttention", "more keys than queries", [drawn(2, 1, 3, 4), drawn(2, 1, 7, 4), drawn(2, 1, 7, 4)], F.scaled_dot_product_attention, normalised),
]
