"""Bags of rows of a table: in rows of the index, or one behind the other by offsets."""

import torch.nn.functional as F

from op_cases.case import Case, drawn, exact, given, sums, whole

# Bags of 0, 2, 3 and, at the end, 0 tokens.
BEHIND = [given([2, 0, 3, 3, 1], "i32"), drawn(4, 3), given([0, 0, 2, 5], "i32")]


def bag(name, inputs, tolerance, gradient_tolerance=None, offsets=False, weighed=False, **options):
    """options: mode, padding_idx, include_last_offset. The inputs: index, table, offsets or factors where there are any."""
    names = {"mode": "mode", "padding_idx": "paddingIndex", "include_last_offset": "includeLastOffset"}
    call = {names[key]: value for key, value in options.items()}
    if offsets:
        call["offsets"] = "$2"
    if weighed:
        call["perSampleWeights"] = f"${len(inputs) - 1}"

    def function(index, weight, *rest):
        more = {"per_sample_weights": rest[-1]} if weighed else {}
        return F.embedding_bag(index, weight, rest[0] if offsets else None, **options, **more)

    return Case("embeddingBag", name, inputs, function, tolerance, gradient_tolerance=gradient_tolerance, call=["$0", "$1", call])


CASES = [
    bag("means of rows", [whole(3, 4, bound=5), drawn(5, 7)], sums(4), sums(12)),
    bag("sums, by offsets", BEHIND, sums(3), sums(5), offsets=True, mode="sum"),
    bag("means, by offsets, with padding", BEHIND, sums(3), sums(5), offsets=True, padding_idx=3),
    bag("the largest, of equal ones the first", [given([1, 0, 2, 2, 3, 3], "i32", shape=[2, 3]), given([1, 5, 1, 2, -1, 7, 0, 0], shape=[4, 2])], exact, sums(6), mode="max"),
    bag("the largest, with padding, of a view", [whole(4, 3, bound=4, permute=[1, 0]), drawn(4, 3)], exact, sums(12), mode="max", padding_idx=-3),
    bag("the largest, by offsets", [whole(9, bound=4), given([1, 5, 1, 2, -1, 7, 0, 0], shape=[4, 2]), given([0, 4, 4, 5], "i32")], exact, sums(9), offsets=True, mode="max"),
    bag("sums of weighed rows", [whole(2, 5, bound=6), drawn(6, 2), drawn(2, 5)], sums(5), sums(10), weighed=True, mode="sum", padding_idx=2),
    bag("sums of weighed rows, by all offsets", [*BEHIND[:2], given([0, 3, 5], "i32"), drawn(5)], sums(3), sums(5), offsets=True, weighed=True, mode="sum", include_last_offset=True),
    bag("no token", [whole(0, bound=3), drawn(3, 2), given([0, 0], "i32")], exact, offsets=True),
]
