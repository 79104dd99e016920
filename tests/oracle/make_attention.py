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


def square_cases():
    """Every length twice: without and with the causal mask, at widths that go round."""
    lengths = [1, 2, 3, 7, 16, 31, 33, 63, 64, 65, 127, 128, 129, 200, 255, 257, 511, 513, 1024, 1025]
    widths = [1, 2, 3, 4, 5, 8, 16, 20, 32, 33, 64, 80, 96, 100, 128, 256]
    cases = []
    for place, length in enumerate(lengths):
        for causal in (False, True):
            width = widths[(3 * place + 5 * causal) % len(widths)]
            if length > 500:
                width = {511: 33, 513: 20, 1024: 16, 1025: 8}[length] * (1 + causal)
            heads = 3 if length < 40 else 2 if length < 150 else 1
            batch = 2 if length < 70 else 1
            name = f"{length} x {length}, width {width}{', causal' if causal else ''}"
            cases.append(case(name, heads, length, width, batch=batch, **({"causal": True} if causal else {})))
    return cases


def width_cases():
    """Every width at a length that is no multiple of a tile, where the loop above may have left one out."""
    widths = [1, 2, 3, 4, 5, 8, 16, 20, 32, 33, 64, 80, 96, 100, 128, 256]
    return [case(f"width {width}", 1, (34, 37), width) for width in widths]


def oblong_cases():
    shapes = [(1, 5), (1, 129), (5, 1), (130, 1), (7, 64), (65, 33), (63, 128), (200, 31), (3, 513), (1025, 2)]
    cases = []
    for queries, keys in shapes:
        for causal in (False, True):
            name = f"{queries} x {keys}{', causal' if causal else ''}"
            cases.append(case(name, 2, (queries, keys), 12, **({"causal": True} if causal else {})))
    return cases


def mask_cases():
    cases = []
    for kind in ("bool", "additive", "additive with infinities"):
        cases += [
            case(f"{kind} mask of [queries, keys]", 2, (33, 65), 20, mask=mask(kind, [33, 65])),
            case(f"{kind} mask for each sequence", 2, 64, 32, batch=2, mask=mask(kind, [2, 1, 1, 64])),
            case(f"{kind} mask for each head", 3, (7, 16), 8, batch=2, mask=mask(kind, [2, 3, 7, 16])),
            case(f"{kind} mask for heads alone", 3, (31, 129), 5, batch=2, mask=mask(kind, [3, 1, 129])),
            case(f"{kind} mask, long", 1, (130, 257), 16, mask=mask(kind, [130, 257])),
        ]
    for kind in ("bool", "additive with infinities"):
        cases += [
            case(f"{kind} mask, every third row empty", 2, (33, 40), 16, mask=mask(kind, [33, 40], emptyEvery=3)),
            case(f"{kind} mask, all rows empty", 2, (5, 9), 4, mask=mask(kind, [5, 9], emptyEvery=1)),
            case(
                f"{kind} mask, one sequence empty", 2, (17, 66), 12, batch=3,
                mask=mask(kind, [3, 1, 1, 66], emptyEvery=3),
            ),
            case(f"{kind} mask, long, some rows empty", 1, 200, 33, mask=mask(kind, [1, 1, 200, 200], emptyEvery=64)),
        ]
    return cases


def mixed_cases():
    """Two masks at once, values of another width, and the mask with which most programs hide padding."""
    far = "additive, far below"
    return [
        case("bool mask and causal", 2, 33, 16, causal=True, mask=mask("bool", [33, 33])),
        case("bool mask and causal, oblong", 2, (40, 70), 12, batch=2, causal=True, mask=mask("bool", [2, 1, 40, 70])),
        case("additive mask and causal", 2, 66, 8, causal=True, mask=mask("additive", [66, 66])),
        case("the first key hidden, causal", 1, 20, 16, causal=True, mask=mask("bool", [20, 20], hiddenKeys=1)),
        case("half of the keys hidden, causal", 2, 130, 16, causal=True, mask=mask("bool", [1, 130], hiddenKeys=65)),
        case("-1e9 on padding", 2, (33, 65), 16, batch=2, mask=mask(far, [2, 1, 1, 65])),
        case("-1e9 here and there", 2, 64, 32, mask=mask(far, [64, 64])),
        case("narrow values", 2, (33, 40), 20, valueWidth=3),
        case("wide values, causal", 2, 65, 8, valueWidth=70, causal=True),
        case("values of one element, grouped", (4, 2), (17, 129), 33, valueWidth=1),
    ]


def group_cases():
    return [
        case("two query heads for each key head", (4, 2), 33, 16, batch=2),
        case("one key head for all", (6, 1), (31, 64), 8, batch=2),
        case("three query heads for each key head, causal", (6, 2), 65, 20, causal=True),
        case("four query heads for each key head, bool mask", (8, 2), (16, 33), 12, mask=mask("bool", [8, 16, 33])),
        case("grouped, causal, long", (4, 2), 257, 8, causal=True),
        case("grouped, empty rows", (4, 2), (20, 24), 16, mask=mask("bool", [20, 24], emptyEvery=4)),
    ]


def scale_cases():
    return [
        case("scale 1", 2, 33, 8, scale=1.0),
        case("scale 0.5, causal", 2, 65, 16, scale=0.5, causal=True),
        case("scale 0: all keys alike", 2, (7, 31), 20, scale=0.0),
        case("a negative scale", 2, 64, 5, scale=-0.25),
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
    cases = [
        *square_cases(), *width_cases(), *oblong_cases(), *mask_cases(), *mixed_cases(), *group_cases(), *scale_cases(),
    ]
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
