"""Poolings over one, two and three axes, their indices, and what undoes them."""

import torch
import torch.nn.functional as F

from op_cases.case import Case, INF, NAN, drawn, exact, given, power, sums, whole

NAMES = {
    "count_include_pad": "countIncludePad",
    "ceil_mode": "ceilMode",
    "divisor_override": "divisorOverride",
    "output_size": "outputSize",
}


def ours(options):
    return {NAMES.get(key, key): value for key, value in options.items()}


def largest(rank, name, x, kernel, **options):
    """The values of a maximum, and where they stand."""
    function = [F.max_pool1d, F.max_pool2d, F.max_pool3d][rank - 1]
    x = x if isinstance(x, dict) else drawn(*x)
    call = ["$0", kernel, ours(options)]

    def case(op, result, **rest):
        # Indices are whole numbers, and have no gradient.
        index = 1 if result == "indices" else 0
        named = f"{name}, {result}" if result else name
        return Case(op, named, [x], lambda x: function(x, kernel, return_indices=True, **options)[index], exact, gradient_tolerance=sums(9), call=call, result=result, **rest)

    return [
        case(f"maxPool{rank}d", None),
        case(f"maxPool{rank}dWithIndices", "values"),
        case(f"maxPool{rank}dWithIndices", "indices", without_gradient=True),
    ]


def mean(rank, name, x, kernel, **options):
    function = [F.avg_pool1d, F.avg_pool2d, F.avg_pool3d][rank - 1]
    return Case(f"avgPool{rank}d", name, [drawn(*x)], lambda x: function(x, kernel, **options), sums(27), call=["$0", kernel, ours(options)], rounds_constants=True)


def adaptive_mean(rank, name, x, size):
    function = [F.adaptive_avg_pool1d, F.adaptive_avg_pool2d, F.adaptive_avg_pool3d][rank - 1]
    x = x if isinstance(x, dict) else drawn(*x)
    return Case(f"adaptiveAvgPool{rank}d", name, [x], lambda x: function(x, size), sums(27), call=["$0", size], rounds_constants=True)


def adaptive_largest(rank, name, x, size):
    function = [F.adaptive_max_pool1d, F.adaptive_max_pool2d, F.adaptive_max_pool3d][rank - 1]
    x = x if isinstance(x, dict) else drawn(*x)
    op = f"adaptiveMaxPool{rank}d"
    rest = {"gradient_tolerance": sums(9), "call": ["$0", size]}
    return [
        Case(op, name, [x], lambda x: function(x, size), exact, **rest),
        Case(f"{op}WithIndices", f"{name}, values", [x], lambda x: function(x, size), exact, result="values", **rest),
        Case(f"{op}WithIndices", f"{name}, indices", [x], lambda x: function(x, size, return_indices=True)[1], exact, result="indices", without_gradient=True, **rest),
    ]


def lp(rank, name, x, p, kernel, tolerance=power, **options):
    function = [F.lp_pool1d, F.lp_pool2d, F.lp_pool3d][rank - 1]
    return Case(f"lpPool{rank}d", name, [drawn(*x, scale=1.0, offset=1.5)], lambda x: function(x, p, kernel, **options), tolerance, call=["$0", p, kernel, ours(options)], rounds_constants=True)


def unpool(rank, name, x, indices, kernel, **options):
    function = [F.max_unpool1d, F.max_unpool2d, F.max_unpool3d][rank - 1]

    def in_order(x, indices):
        # Several elements for one place are written in order on a CPU, which PyTorch does not promise for other devices.
        torch.use_deterministic_algorithms(False)
        y = function(x, indices, kernel, **options)
        torch.use_deterministic_algorithms(True)
        return y

    return Case(f"maxUnpool{rank}d", name, [drawn(*x), given(indices, dtype="i32", shape=x)], in_order, exact, call=["$0", "$1", kernel, ours(options)])


# Few enough values that most windows have several of the largest.
TIES = {"shape": [1, 2, 4, 5, 5], "bound": 3, "low": 0, "dtype": "f32"}
FLAT_TIES = {"shape": [2, 1, 7, 5], "bound": 3, "low": 0, "dtype": "f32"}
SPECIAL = given([1, NAN, 2, NAN, 3, 4, NAN, 5, -INF, -INF, -INF, -INF, -INF, INF, -INF, INF], shape=[1, 2, 2, 2, 2])

CASES = [
    *largest(1, "overlapping, padded", [2, 3, 9], 3, stride=2, padding=1),
    *largest(1, "a last window over the end", [1, 2, 8], 3, stride=2, ceil_mode=True),
    *largest(1, "dilated", [1, 2, 9], [2], stride=[2], dilation=[3]),
    *largest(2, "a last window over the end", [1, 2, 6, 8], 3, stride=2, ceil_mode=True),
    *largest(2, "one that would begin in the padding behind", [1, 1, 5, 4], 2, stride=2, padding=1, ceil_mode=True),
    *largest(2, "ties", FLAT_TIES, [3, 2], stride=[2, 1], padding=[1, 0]),
    *largest(2, "a window larger than its axis", [1, 1, 2, 5], 3, stride=2, ceil_mode=True),
    *largest(3, "eighths", [1, 2, 4, 4, 6], 2),
    *largest(3, "ties in overlapping windows", TIES, 3, stride=[1, 2, 2], padding=1),
    *largest(3, "no numbers and infinities", SPECIAL, 2),
    *largest(3, "a last window over the end, dilated", [1, 1, 6, 5, 4], [2, 3, 2], stride=2, dilation=[2, 1, 1], ceil_mode=True),
    *largest(3, "within planes", [1, 2, 3, 4, 4], [1, 2, 2]),
    mean(1, "overlapping, padded", [2, 3, 9], 3, stride=2, padding=1),
    mean(1, "without its padding", [1, 2, 8], [3], stride=[2], padding=[1], count_include_pad=False, ceil_mode=True),
    mean(1, "a last window over the end", [1, 2, 8], 3, stride=2, ceil_mode=True),
    mean(2, "a last window over the end", [1, 2, 6, 7], 3, stride=2, padding=1, ceil_mode=True),
    mean(2, "a last window over the end, without its padding", [1, 1, 6, 7], 3, stride=2, padding=1, ceil_mode=True, count_include_pad=False),
    mean(2, "another divisor", [1, 2, 5, 6], [2, 3], stride=2, padding=1, divisor_override=4, ceil_mode=True),
    mean(3, "eighths", [1, 2, 4, 4, 6], 2),
    mean(3, "overlapping, padded", [1, 1, 4, 5, 5], 3, stride=[1, 2, 2], padding=1),
    mean(3, "a last window over the end, without its padding", [1, 1, 4, 5, 6], [2, 3, 3], stride=2, padding=1, ceil_mode=True, count_include_pad=False),
    mean(3, "another divisor", [1, 1, 4, 5, 6], 2, padding=[1, 0, 1], divisor_override=3),
    adaptive_mean(1, "halves", [2, 3, 8], 4),
    adaptive_mean(1, "windows of two sizes", [1, 2, 10], 7),
    adaptive_mean(1, "more than there are", [1, 2, 4], 6),
    adaptive_mean(2, "windows of two sizes", [1, 2, 7, 5], [3, 2]),
    adaptive_mean(2, "one axis as it is", [1, 2, 6, 5], [4, 5]),
    adaptive_mean(2, "one", [2, 3, 4, 5], 1),
    adaptive_mean(2, "an infinity", given([1, INF, 2, 3, 4, 5, 6, NAN, 7, 8, 9, 1, 2, 3, 4], shape=[1, 1, 3, 5], constant=True), [2, 3]),
    adaptive_mean(3, "windows of two sizes", [1, 2, 5, 3, 4], [2, 2, 3]),
    adaptive_mean(3, "even and uneven", [1, 1, 4, 6, 5], [2, 3, 3]),
    *adaptive_largest(1, "windows of two sizes", [1, 2, 10], 7),
    *adaptive_largest(1, "thirds", [2, 1, 9], 3),
    *adaptive_largest(2, "ties in windows of two sizes", FLAT_TIES, [3, 2]),
    *adaptive_largest(2, "one axis as it is", [1, 2, 4, 5], [4, 2]),
    *adaptive_largest(2, "one", [2, 2, 3, 4], 1),
    *adaptive_largest(3, "ties in windows of two sizes", TIES, [3, 2, 4]),
    *adaptive_largest(3, "no numbers and infinities", SPECIAL, [1, 2, 1]),
    lp(1, "lengths", [2, 2, 9], 2, 3, stride=2),
    lp(1, "sums", [1, 2, 8], 1, 2),
    lp(1, "a last window over the end", [1, 2, 8], 2, 3, stride=2, ceil_mode=True),
    lp(2, "lengths", [1, 2, 5, 6], 2, [2, 3]),
    lp(2, "cubes", [1, 2, 5, 6], 3, 2, stride=[2, 1]),
    lp(2, "a power below 1", [1, 1, 4, 4], 0.5, 2, ceil_mode=True),
    lp(3, "lengths", [1, 2, 2, 4, 5], 2, 2, stride=[1, 2, 2]),
    lp(3, "cubes", [1, 1, 3, 4, 4], 3, [3, 2, 2], ceil_mode=True),
    unpool(1, "halves", [1, 2, 3], [0, 3, 4, 1, 2, 5], 2),
    unpool(1, "several for one place", [1, 1, 4], [1, 1, 3, 1], 3, stride=1),
    unpool(1, "a larger result", [2, 1, 2], [0, 4, 3, 1], 2, output_size=[5]),
    unpool(2, "quarters", [1, 2, 2, 2], [1, 3, 8, 15, 4, 6, 9, 10], 2),
    unpool(2, "overlapping, padded", [1, 1, 2, 3], [0, 2, 4, 10, 12, 14], 3, stride=2, padding=1),
    unpool(2, "a larger result", [1, 1, 2, 2], [0, 3, 12, 19], [2, 2], output_size=[4, 5]),
    unpool(3, "eighths", [1, 2, 1, 2, 1], [0, 12, 13, 2], 2),
    unpool(3, "a larger result", [1, 1, 2, 1, 1], [3, 20], 2, stride=2, output_size=[5, 2, 3]),
]
