"""Convolutions over one and three axes, transposed ones, padding of every kind, and windows as columns."""

import torch.nn.functional as F

from op_cases.case import Case, drawn, exact, sums

NAMES = {"output_padding": "outputPadding"}


def conv(op, function, name, x, w, bias=None, sides=None, **options):
    """`options` as PyTorch has them. `sides`: ours are [before, after] of each axis, which PyTorch gets by F.pad."""
    inputs = [drawn(*x), drawn(*w)] + ([drawn(bias)] if bias else [])
    ours = {NAMES.get(key, key): value for key, value in options.items()}
    ours |= {"bias": "$2"} if bias else {}
    ours |= {"padding": sides} if sides else {}
    flat = [value for pair in reversed(sides or []) for value in pair]
    return Case(
        op, name, inputs, lambda x, w, b=None: function(F.pad(x, flat), w, b, **options), sums(60), call=["$0", "$1", ours]
    )


def conv1d(name, x, w, **rest):
    return conv("conv1d", F.conv1d, name, x, w, **rest)


def conv2d(name, x, w, **rest):
    return conv("conv2d", F.conv2d, name, x, w, **rest)


def conv3d(name, x, w, **rest):
    return conv("conv3d", F.conv3d, name, x, w, **rest)


def transposed1d(name, x, w, **rest):
    return conv("convTranspose1d", F.conv_transpose1d, name, x, w, **rest)


def transposed3d(name, x, w, **rest):
    return conv("convTranspose3d", F.conv_transpose3d, name, x, w, **rest)


def im2col(name, x, kernel, **options):
    return Case("im2col", name, [drawn(*x)], lambda x: F.unfold(x, kernel, **options), exact, gradient_tolerance=sums(9), call=["$0", kernel, options])


def col2im(name, x, size, kernel, **options):
    return Case("col2im", name, [drawn(*x)], lambda x: F.fold(x, size, kernel, **options), sums(9), gradient_tolerance=exact, call=["$0", size, kernel, options])


CASES = [
    conv1d("padded, with a bias", [2, 3, 11], [4, 3, 3], bias=4, padding=1),
    conv1d("stride, dilation", [1, 2, 13], [4, 2, 3], stride=2, dilation=2, padding=3),
    conv1d("groups, a stride wider than the window", [2, 4, 12], [4, 2, 3], groups=2, stride=5),
    conv1d("one element wide", [2, 3, 7], [4, 3, 1], bias=4),
    conv1d("the same size, an odd one at the end", [1, 3, 9], [4, 3, 4], padding="same"),
    conv1d("no padding in a word", [1, 3, 9], [4, 3, 3], padding="valid"),
    conv1d("more behind than before", [1, 3, 8], [4, 3, 3], sides=[[0, 2]], stride=2),
    conv1d("no item", [0, 3, 8], [4, 3, 3], bias=4),
    conv2d("the same size, even and odd windows, dilated", [1, 2, 6, 7], [4, 2, 4, 3], bias=4, padding="same", dilation=[1, 2]),
    conv2d("padded behind alone", [1, 2, 5, 6], [4, 2, 3, 3], sides=[[0, 2], [1, 3]], stride=2),
    conv2d("1 x 1, padded behind alone", [1, 2, 3, 4], [4, 2, 1, 1], sides=[[0, 1], [0, 2]]),
    conv2d("depthwise, the same size", [1, 4, 5, 4], [4, 1, 2, 3], padding="same", groups=4),
    conv3d("3 x 3 x 3, padded, with a bias", [2, 2, 3, 3, 4], [3, 2, 3, 3, 3], bias=3, padding=1),
    conv3d("stride, dilation", [1, 2, 7, 4, 4], [4, 2, 2, 3, 3], stride=[2, 1, 2], dilation=[3, 1, 1], padding=[1, 0, 1]),
    conv3d("groups", [1, 4, 4, 3, 5], [4, 2, 2, 3, 3], groups=2),
    conv3d("taps of depth alone", [2, 3, 5, 2, 3], [4, 3, 3, 1, 1], bias=4, padding=[1, 0, 0]),
    conv3d("a plane alone", [2, 2, 2, 4, 3], [4, 2, 1, 3, 3], padding=[0, 1, 1]),
    conv3d("blocks side by side", [1, 2, 4, 6, 3], [4, 2, 2, 3, 3], stride=[2, 3, 3]),
    conv3d("the same size, an odd one at the end", [1, 2, 3, 4, 3], [4, 2, 2, 3, 3], padding="same"),
    conv3d("more behind than before", [1, 2, 3, 4, 3], [4, 2, 3, 3, 3], sides=[[0, 2], [2, 0], [1, 1]]),
    conv3d("no item", [0, 2, 3, 4, 3], [4, 2, 3, 3, 3], padding=1),
    transposed1d("stride 2, padded, with a bias", [2, 4, 5], [4, 3, 3], bias=3, stride=2, padding=1),
    transposed1d("output padding, dilation", [1, 4, 4], [4, 2, 3], stride=3, dilation=2, output_padding=2),
    transposed1d("groups", [1, 4, 5], [4, 2, 3], groups=2),
    transposed3d("stride 2, padded, with a bias", [1, 3, 2, 2, 3], [3, 2, 3, 3, 3], bias=2, stride=2, padding=1, output_padding=1),
    transposed3d("dilation", [1, 2, 3, 2, 3], [2, 4, 2, 3, 3], stride=[2, 1, 1], dilation=[3, 1, 1], padding=[2, 0, 1]),
    transposed3d("groups", [1, 4, 2, 2, 2], [4, 2, 2, 3, 3], groups=2),
    transposed3d("taps of depth alone", [1, 2, 3, 2, 2], [2, 4, 3, 1, 1], stride=[2, 1, 1], output_padding=[1, 0, 0]),
    transposed3d("blocks side by side", [1, 2, 2, 2, 2], [2, 2, 2, 3, 2], stride=[2, 3, 2]),
    transposed3d("no item", [0, 2, 2, 2, 2], [2, 4, 2, 3, 3], stride=2),
    im2col("3 x 3, padded", [2, 1, 3, 4], 3, padding=1),
    im2col("stride, dilation, an oblong window", [1, 2, 6, 9], [2, 3], stride=[2, 1], dilation=[1, 2], padding=[0, 1]),
    im2col("blocks side by side", [1, 2, 4, 6], [2, 3], stride=[2, 3]),
    col2im("3 x 3, padded", [2, 9, 12], [3, 4], 3, padding=1),
    col2im("stride, dilation, an oblong window", [1, 12, 21], [6, 9], [2, 3], stride=[2, 1], dilation=[1, 2], padding=[0, 1]),
    col2im("blocks side by side", [1, 12, 4], [4, 6], [2, 3], stride=[2, 3]),
]
