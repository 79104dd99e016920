"""Ops that make pictures anew: other sizes, other places."""

import math

import torch.nn.functional as F

from op_cases.case import INF, NAN, Case, drawn, exact, given, normalised, sums

NAMES = {"scaleFactor": "scale_factor", "alignCorners": "align_corners", "recomputeScaleFactor": "recompute_scale_factor", "paddingMode": "padding_mode"}


def torch_names(options):
    return {NAMES.get(key, key): value for key, value in options.items()}


def resized(name, shape, taps=4, rounds_constants=False, tolerance=None, permute=None, **options):
    """Numbers around 3: what is compared is then how much of each pixel there is."""
    view = {"permute": permute} if permute else {}
    return Case(
        "interpolate",
        name,
        [drawn(*shape, scale=1.0, offset=3.0, **view)],
        lambda x: F.interpolate(x, **torch_names(options)),
        tolerance or sums(taps),
        gradient_tolerance=sums(16),
        call=["$0", options],
        rounds_constants=rounds_constants,
    )


def nearest(name, shape, **options):
    return resized(name, shape, tolerance=exact, **options)


def sampled(name, shape, places, spread=1.0, **options):
    """Places of [-spread, spread): some are outside where it is above 1."""
    grid = drawn(shape[0], *places, len(shape) - 2, scale=spread, constant=options.get("mode") == "nearest")
    return Case(
        "gridSample",
        name,
        [drawn(*shape, scale=1.0), grid],
        lambda x, g: F.grid_sample(x, g, **torch_names({"alignCorners": False, **options})),
        exact if options.get("mode") == "nearest" else normalised,
        gradient_tolerance=normalised,
        call=["$0", "$1", options],
    )


def sampled_at(name, values, **options):
    """A picture of 1 to 24 at these places."""
    return Case(
        "gridSample",
        name,
        [given(range(1, 25), shape=[1, 2, 3, 4]), given(values, shape=[1, 4, 3, 2])],
        lambda x, g: F.grid_sample(x, g, **torch_names({"alignCorners": False, **options})),
        normalised,
        call=["$0", "$1", options],
        without_gradient=any(math.isinf(value) or math.isnan(value) for value in values),
    )


def affine(name, axes, size, align_corners):
    return Case(
        "affineGrid",
        name,
        [drawn(size[0], axes, axes + 1)],
        lambda x: F.affine_grid(x, size, align_corners=align_corners),
        normalised,
        call=["$0", size, {"alignCorners": align_corners}],
    )


# The corners, the middle, and between pixels: what is whole, on a border or mirrored there; beyond it, by whole pixels too.
CORNERS = [0.0, 0.0, 1.0, 1.0, -1.0, -1.0, -1.0, 0.25, 1.0, -0.5, 0.5, 0.0, 1.0, -1.0, 2.0, 0.0, 0.25, -2.0, -3.0, 3.0, 0.0, 1.0, -0.25, -1.0]
STRANGE = [NAN, 0.0, 0.0, NAN, INF, 0.25, -INF, 0.25, 0.5, INF, 0.25, -INF, NAN, NAN, INF, -INF, 0.0, 0.0, 0.25, 0.5, -1.0, 1.0, 1.0, INF]

CASES = [
    nearest("nearest-exact, smaller", [1, 2, 5, 7], size=[2, 3], mode="nearest-exact"),
    nearest("nearest-exact, a factor of its own", [2, 1, 5], scaleFactor=1.6, mode="nearest-exact"),
    nearest("nearest, the factor of the sizes", [1, 2, 5], scaleFactor=1.5, recomputeScaleFactor=True),
    resized("linear, a factor that sizes do not have", [1, 2, 5], rounds_constants=True, scaleFactor=1.7, mode="linear"),
    resized("linear, the factor of the sizes", [1, 2, 5], scaleFactor=1.7, recomputeScaleFactor=True, mode="linear"),
    resized("bilinear, larger and smaller", [1, 2, 4, 6], size=[7, 4], mode="bilinear"),
    resized("bilinear of a view, by corners", [1, 3, 4, 2], permute=[0, 3, 1, 2], size=[5, 1], mode="bilinear", alignCorners=True),
    resized("bilinear, antialias", [1, 2, 7, 3], taps=16, size=[3, 5], mode="bilinear", antialias=True),
    resized("bilinear, antialias by corners", [1, 1, 7, 6], taps=16, size=[3, 2], mode="bilinear", antialias=True, alignCorners=True),
    resized("trilinear", [1, 2, 2, 3, 4], taps=8, size=[3, 5, 2], mode="trilinear"),
    resized("bicubic, larger", [1, 2, 3, 5], taps=16, size=[7, 9], mode="bicubic"),
    resized("bicubic by corners", [1, 2, 2, 5], taps=16, size=[5, 3], mode="bicubic", alignCorners=True),
    resized("bicubic, a factor that sizes do not have", [1, 1, 4, 3], taps=16, rounds_constants=True, scaleFactor=[1.4, 2.5], mode="bicubic"),
    resized("bicubic, antialias", [1, 1, 9, 5], taps=64, size=[3, 7], mode="bicubic", antialias=True),
    resized("bicubic of one pixel", [1, 2, 1, 3], taps=16, size=[3, 4], mode="bicubic"),
    resized("area, smaller", [1, 2, 5, 7], taps=16, size=[2, 3], mode="area"),
    resized("area, larger, by a factor", [1, 2, 5], taps=16, scaleFactor=1.7, mode="area"),
    sampled("bilinear", [2, 3, 3, 4], [2, 5]),
    sampled("bilinear by corners, outside as well", [1, 2, 3, 4], [4, 3], spread=1.6, alignCorners=True),
    sampled("bilinear, border", [1, 2, 3, 4], [4, 3], spread=1.6, paddingMode="border", alignCorners=True),
    sampled("bilinear, mirrored", [1, 2, 3, 4], [4, 3], spread=2.8, paddingMode="reflection", alignCorners=True),
    sampled("volumes", [1, 2, 3, 2, 4], [2, 2, 3], spread=1.3),
    sampled("nearest, volumes, border", [2, 2, 3, 2, 4], [2, 1, 3], spread=1.3, mode="nearest", paddingMode="border"),
    sampled("nearest", [1, 3, 4, 3], [3, 4], spread=1.3, mode="nearest"),
    sampled("bicubic", [1, 2, 3, 4], [4, 3], spread=1.3, mode="bicubic", alignCorners=True),
    sampled("bicubic, mirrored", [1, 2, 3, 4], [4, 3], spread=2.6, mode="bicubic", paddingMode="reflection"),
    sampled_at("corners, zeros", CORNERS, alignCorners=True),
    sampled_at("corners, border", CORNERS, alignCorners=True, paddingMode="border"),
    sampled_at("corners, mirrored", CORNERS, alignCorners=True, paddingMode="reflection"),
    sampled_at("corners, bicubic", CORNERS, alignCorners=True, mode="bicubic"),
    sampled_at("strange places, zeros", STRANGE, alignCorners=True),
    sampled_at("strange places, border", STRANGE, alignCorners=True, paddingMode="border"),
    sampled_at("strange places, mirrored", STRANGE, alignCorners=True, paddingMode="reflection"),
    affine("images", 2, [2, 1, 3, 4], False),
    affine("images by corners", 2, [2, 3, 5, 4], True),
    affine("volumes", 3, [2, 1, 2, 3, 2], False),
    affine("volumes by corners", 3, [1, 1, 3, 1, 4], True),
]
