"""Scaled dot-product attention and its gradients in float64: attention.safetensors and attention.json.

o = softmax(scale q k^T + mask) v, with dq, dk, dv for a given do. Where nothing is left of a row of scores, o and
what flows back from there are 0.
"""

import math
import sys

import torch
import torch.nn.functional as F

from common import be_deterministic, hash_bits, hash_numbers, sample, write_fixture

# Tensor numbers of the hash.
Q, K, V, DO, KEEP, ADD = range(6)


def case(name, heads, lengths, width, **options):
    """One case: heads (of queries and keys, or of both), lengths (the same), width (of values too, unless given)."""
    batch = options.pop("batch", 1)
    value_width = options.pop("valueWidth", width)
    query_heads, key_heads = heads if isinstance(heads, tuple) else (heads, heads)
    queries, keys = lengths if isinstance(lengths, tuple) else (lengths, lengths)
    return {
        "name": name,
        "q": [batch, query_heads, queries, width],
        "k": [batch, key_heads, keys, width],
        "v": [batch, key_heads, keys, value_width],
        **options,
    }


def mask(kind, shape, **options):
    return {"kind": kind, "shape": shape, **options}


# Kernels are compiled for each width anew, which takes a software adapter seconds. So most cases have one of two widths,
# with and without a last quad that is cut off.
WHOLE, CUT = 8, 5
WIDTHS = [1, 2, 3, 4, 5, 8, 16, 20, 32, 33, 64, 80, 96, 100, 128, 256]


def causal_or_not(causal):
    return ("", {}) if not causal else (", causal", {"causal": True})


def square_cases():
    """Every length, without and with the causal mask."""
    cases = []
    for place, length in enumerate([1, 2, 3, 7, 16, 31, 33, 63, 64, 65, 127, 128, 129, 200, 255, 257, 511, 513, 1024, 1025]):
        for causal in (False, True):
            ending, options = causal_or_not(causal)
            width = WHOLE if (place + causal) % 2 == 0 else CUT
            heads = 3 if length < 40 else 2 if length < 150 else 1
            batch = 2 if length < 70 else 1
            cases.append(case(f"{length} x {length}{ending}", heads, length, width, batch=batch, **options))
    return cases


def oblong_cases():
    shapes = [(1, 5), (1, 129), (5, 1), (130, 1), (7, 64), (65, 33), (63, 128), (200, 31), (3, 513), (1025, 2)]
    cases = []
    for place, (queries, keys) in enumerate(shapes):
        for causal in (False, True):
            ending, options = causal_or_not(causal)
            cases.append(case(f"{queries} x {keys}{ending}", 2, (queries, keys), (WHOLE, CUT)[place % 2], **options))
    return cases


def width_cases():
    """Every width at lengths that are no multiple of a tile."""
    return [case(f"width {width}", 2, (34, 37), width) for width in WIDTHS]


def wide_cases():
    """What else there is, at widths which kernels cut into slices, and with ends of them."""
    far = "additive, far below"
    return [
        case("width 16, causal", 2, 129, 16, causal=True),
        case("width 33, causal", 1, (70, 65), 33, causal=True),
        case("width 64, causal", 1, 255, 64, causal=True),
        case("width 96, causal", 1, 130, 96, causal=True),
        case("width 256, causal", 1, 65, 256, causal=True),
        case("width 64, long", 1, 1025, 64),
        case("width 64, causal, long", 1, 513, 64, causal=True),
        case("width 64, bool mask, empty rows", 2, (33, 65), 64, mask=mask("bool", [33, 65], emptyEvery=5)),
        case("width 100, additive mask", 1, (65, 40), 100, mask=mask("additive", [65, 40])),
        case("width 80, infinities", 1, (40, 65), 80, mask=mask("additive with infinities", [40, 65])),
        case("width 32, -1e9 on padding", 2, 64, 32, batch=2, mask=mask(far, [2, 1, 1, 64])),
        case("width 128, grouped", (4, 2), 65, 128),
        case("width 20, values of 3", 2, (33, 40), 20, valueWidth=3),
        case("width 8, values of 70, causal", 2, 65, 8, valueWidth=70, causal=True),
        case("width 33, values of 1, grouped", (4, 2), (17, 129), 33, valueWidth=1),
    ]


def mask_cases():
    cases = []
    for kind in ("bool", "additive", "additive with infinities"):
        cases += [
            case(f"{kind} mask of [queries, keys]", 2, (33, 65), WHOLE, mask=mask(kind, [33, 65])),
            case(f"{kind} mask for each sequence", 2, 64, CUT, batch=2, mask=mask(kind, [2, 1, 1, 64])),
            case(f"{kind} mask for each head", 3, (7, 16), WHOLE, batch=2, mask=mask(kind, [2, 3, 7, 16])),
            case(f"{kind} mask for heads alone", 3, (31, 129), CUT, batch=2, mask=mask(kind, [3, 1, 129])),
            case(f"{kind} mask, long", 1, (130, 257), WHOLE, mask=mask(kind, [130, 257])),
        ]
    for kind in ("bool", "additive with infinities"):
        cases += [
            case(f"{kind} mask, every third row empty", 2, (33, 40), WHOLE, mask=mask(kind, [33, 40], emptyEvery=3)),
            case(f"{kind} mask, all rows empty", 2, (5, 9), CUT, mask=mask(kind, [5, 9], emptyEvery=1)),
            case(
                f"{kind} mask, one sequence empty", 2, (17, 66), WHOLE, batch=3,
                mask=mask(kind, [3, 1, 1, 66], emptyEvery=3),
            ),
            case(f"{kind} mask, long, some rows empty", 1, 200, CUT, mask=mask(kind, [1, 1, 200, 200], emptyEvery=64)),
        ]
    return cases


def mixed_cases():
    """Two masks at once, values of another width, and the mask with which most programs hide padding."""
    far = "additive, far below"
    return [
        case("bool mask and causal", 2, 33, WHOLE, causal=True, mask=mask("bool", [33, 33])),
        case("bool mask and causal, oblong", 2, (40, 70), WHOLE, batch=2, causal=True, mask=mask("bool", [2, 1, 40, 70])),
        case("additive mask and causal", 2, 66, WHOLE, causal=True, mask=mask("additive", [66, 66])),
        case("the first key hidden, causal", 1, 20, WHOLE, causal=True, mask=mask("bool", [20, 20], hiddenKeys=1)),
        case("half of the keys hidden, causal", 2, 130, WHOLE, causal=True, mask=mask("bool", [1, 130], hiddenKeys=65)),
        case("-1e9 on padding", 2, (33, 65), WHOLE, batch=2, mask=mask(far, [2, 1, 1, 65])),
        case("-1e9 here and there", 2, 64, CUT, mask=mask(far, [64, 64])),
        case("narrow values", 2, (33, 40), WHOLE, valueWidth=3),
        case("values of one element, causal", 2, 40, CUT, valueWidth=1, causal=True),
    ]


def group_cases():
    return [
        case("two query heads for each key head", (4, 2), 33, WHOLE, batch=2),
        case("one key head for all", (6, 1), (31, 64), CUT, batch=2),
        case("three query heads for each key head, causal", (6, 2), 65, WHOLE, causal=True),
        case("four query heads for each key head, bool mask", (8, 2), (16, 33), WHOLE, mask=mask("bool", [8, 16, 33])),
        case("grouped, causal, long", (4, 2), 257, CUT, causal=True),
        case("grouped, empty rows", (4, 2), (20, 24), WHOLE, mask=mask("bool", [20, 24], emptyEvery=4)),
    ]


def scale_cases():
    return [
        case("scale 1", 2, 33, WHOLE, scale=1.0),
        case("scale 0.5, causal", 2, 65, WHOLE, scale=0.5, causal=True),
        case("scale 0: all keys alike", 2, (7, 31), CUT, scale=0.0),
        case("a negative scale", 2, 64, CUT, scale=-0.25),
        case("scale 0.03125, wide", 1, 63, 256, scale=0.03125),
    ]


def mask_of(spec, seed):
    """The mask as it is handed to the op: bool (true: look there), or f32 to be added."""
    count = math.prod(spec["shape"])
    columns = spec["shape"][-1]
    keep = torch.from_numpy((hash_bits(seed, KEEP, count) & 3 != 0)).reshape(-1, columns)
    if "emptyEvery" in spec:
        keep[:: spec["emptyEvery"]] = False
    if "hiddenKeys" in spec:
        keep[:] = torch.arange(columns) >= spec["hiddenKeys"]
    keep = keep.reshape(spec["shape"])
    added = hash_numbers(seed, ADD, spec["shape"], 2.0)
    kinds = {
        "bool": keep,
        "additive": added,
        "additive with infinities": added.masked_fill(~keep, -math.inf),
        "additive, far below": torch.zeros(spec["shape"]).masked_fill(~keep, -1e9),
    }
    return kinds[spec["kind"]]


def scores_mask(spec, seed, queries, keys, dtype):
    """Everything that is added to the scores, in one tensor."""
    total = torch.zeros(queries, keys, dtype=dtype)
    if spec.get("causal"):
        total = total.masked_fill(torch.ones(queries, keys, dtype=torch.bool).triu(1), -math.inf)
    if "mask" not in spec:
        return total
    given = mask_of(spec["mask"], seed)
    if given.dtype == torch.bool:
        given = torch.zeros(given.shape, dtype=dtype).masked_fill(~given, -math.inf)
    return total + given.to(dtype)


def attend(q, k, v, added, scale):
    """The formula, row by row as the definition has it."""
    scores = scale * (q @ k.transpose(-2, -1)) + added
    is_empty = (added == -math.inf).all(-1, keepdim=True)
    return torch.softmax(scores.masked_fill(is_empty, 0.0), -1).masked_fill(is_empty, 0.0) @ v


def compute(spec, seed, dtype):
    q, k, v = (hash_numbers(seed, n, spec["qkv"[n]]).to(dtype).requires_grad_() for n in (Q, K, V))
    do = hash_numbers(seed, DO, [*spec["q"][:3], spec["v"][3]]).to(dtype)
    group = spec["q"][1] // spec["k"][1]
    wide_k, wide_v = (x.repeat_interleave(group, 1) for x in (k, v))
    added = scores_mask(spec, seed, spec["q"][2], spec["k"][2], dtype)
    scale = spec.get("scale", spec["q"][3] ** -0.5)
    o = attend(q, wide_k, wide_v, added, scale)
    compare_with_torch(spec, o, q, wide_k, wide_v, added, scale)
    return dict(zip(("o", "dq", "dk", "dv"), (o, *torch.autograd.grad(o, (q, k, v), do))))


def compare_with_torch(spec, o, q, k, v, added, scale):
    """PyTorch's own operator gives the same, but for empty rows, where its versions differ."""
    is_full = (added > -math.inf).any(-1, keepdim=True)
    own = F.scaled_dot_product_attention(q, k, v, attn_mask=added, scale=scale)
    torch.testing.assert_close(torch.where(is_full, own, 0.0), o, msg=lambda text: f"{spec['name']}: {text}")


def worst_ratio(exact, rounded):
    """How much of the tests' bar (relative 1e-5 plus 1e-6; gradients four times that) the same in f32 takes up."""
    worst = 0.0
    for name, value in exact.items():
        bar = (1 if name == "o" else 4) * (1e-5 * value.abs() + 1e-6)
        worst = max(worst, ((rounded[name] - value).abs() / bar).max().item())
    return worst


def main():
    be_deterministic()
    makers = [
        square_cases, oblong_cases, width_cases, wide_cases, mask_cases, mixed_cases, group_cases, scale_cases,
    ]
    cases = [spec for maker in makers for spec in maker()]
    tensors = {}
    for seed, spec in enumerate(cases, 1):
        exact = compute(spec, seed, torch.float64)
        for name, value in exact.items():
            tensors[f"{seed}.{name}"] = sample(value)
        if "--ratios" in sys.argv:
            print(f"{worst_ratio(exact, compute(spec, seed, torch.float32)):.3f} {spec['name']}")
    write_fixture("attention", tensors, {"cases": [{"seed": seed, **spec} for seed, spec in enumerate(cases, 1)]})
    print(f"{len(cases)} cases")


main()
