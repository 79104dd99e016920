"""Ops that move elements: views, pastes, gathers."""

import torch
import torch.nn.functional as F

from op_cases.case import INF, NAN, Case, drawn, exact, given, sums, whole

SLICED = {"starts": [1, None, 4], "ends": [None, -1, None], "steps": [1, 2, -2]}

CASES = [
    Case("reshape", "three axes to two", [drawn(2, 3, 4)], lambda x: x.reshape(4, 6), exact, call=["$0", [4, 6]]),
    Case("reshape", "a transposed view", [drawn(4, 6, permute=[1, 0])], lambda x: x.reshape(3, 8), exact, call=["$0", [3, 8]]),
    Case("reshape", "an inferred size", [drawn(2, 3, 4)], lambda x: x.reshape(-1, 2), exact, call=["$0", [-1, 2]]),
    Case("reshape", "nothing", [drawn(0, 3)], lambda x: x.reshape(3, 0, 2), exact, call=["$0", [3, 0, 2]]),
    Case("permute", "four axes", [drawn(2, 3, 4, 5)], lambda x: x.permute(3, 0, 2, 1), exact, call=["$0", [3, 0, 2, 1]]),
    Case("permute", "of a permuted view", [drawn(2, 3, 4, permute=[2, 0, 1])], lambda x: x.permute(1, 2, 0), exact, call=["$0", [1, 2, 0]]),
    Case("permute", "whole numbers", [whole(3, 4, bound=99)], lambda x: x.permute(1, 0), exact, call=["$0", [1, 0]]),
    Case("transpose", "the last two", [drawn(2, 3, 4)], lambda x: x.transpose(-2, -1), exact),
    Case("transpose", "others", [drawn(2, 3, 4)], lambda x: x.transpose(0, 2), exact, call=["$0", 0, 2]),
    Case("broadcastTo", "new axes", [drawn(3, 1)], lambda x: x.broadcast_to(2, 3, 4), exact, gradient_tolerance=sums(8), call=["$0", [2, 3, 4]]),
    Case("broadcastTo", "one number", [drawn()], lambda x: x.broadcast_to(5, 7), exact, gradient_tolerance=sums(35), call=["$0", [5, 7]]),
    Case("broadcastTo", "to nothing", [drawn(1, 3)], lambda x: x.broadcast_to(0, 3), exact, call=["$0", [0, 3]]),
    Case("squeeze", "all of size 1", [drawn(1, 3, 1, 4)], lambda x: x.squeeze(), exact),
    Case("squeeze", "one axis", [drawn(1, 3, 1, 4)], lambda x: x.squeeze(2), exact, call=["$0", 2]),
    Case("squeeze", "two axes", [drawn(1, 3, 1, 4)], lambda x: x.squeeze((0, -2)), exact, call=["$0", [0, -2]]),
    Case("unsqueeze", "in front", [drawn(3, 4)], lambda x: x.unsqueeze(0), exact, call=["$0", 0]),
    Case("unsqueeze", "behind", [drawn(3, 4, permute=[1, 0])], lambda x: x.unsqueeze(-1), exact, call=["$0", -1]),
    Case("flatten", "all", [drawn(2, 3, 4)], torch.flatten, exact),
    Case("flatten", "from axis 1", [drawn(2, 3, 4, permute=[1, 2, 0])], lambda x: x.flatten(1), exact, call=["$0", {"startAxis": 1}]),
    Case("flatten", "one number", [drawn()], torch.flatten, exact),
    Case("unflatten", "an axis", [drawn(3, 8)], lambda x: x.unflatten(1, (2, 4)), exact, call=["$0", 1, [2, 4]]),
    Case("unflatten", "an inferred size", [drawn(12, 2)], lambda x: x.unflatten(0, (3, -1)), exact, call=["$0", 0, [3, -1]]),
    Case("slice", "bounds and steps", [drawn(3, 5, 6)], lambda x: x[1:, :-1:2][:, :, [4, 2, 0]], exact, call=["$0", SLICED]),
    Case("slice", "of a view", [drawn(6, 4, permute=[1, 0])], lambda x: x[1:3, 2:], exact, call=["$0", {"starts": [1, 2], "ends": [3]}]),
    Case("slice", "nothing is left", [drawn(3, 4)], lambda x: x[:, 2:2], exact, call=["$0", {"starts": [0, 2], "ends": [3, 2]}]),
    Case("concat", "rows", [drawn(2, 3), drawn(1, 3), drawn(0, 3)], lambda *x: torch.cat(x), exact, call=[["$0", "$1", "$2"]]),
    Case("concat", "columns of views", [drawn(2, 3), drawn(4, 2, permute=[1, 0])], lambda *x: torch.cat(x, 1), exact, call=[["$0", "$1"], {"axis": 1}]),
    Case("concat", "whole numbers", [whole(2, 2, bound=9), whole(2, 1, bound=9)], lambda *x: torch.cat(x, -1), exact, call=[["$0", "$1"], {"axis": -1}]),
    Case("gather", "along rows", [drawn(4, 5), whole(4, 3, bound=5)], lambda x, i: x.gather(1, i), exact, gradient_tolerance=sums(3), call=["$0", "$1", {"axis": 1}]),
    Case("gather", "along columns of a view", [drawn(4, 5, permute=[1, 0]), whole(7, 2, bound=5)], lambda x, i: x.gather(0, i), exact, gradient_tolerance=sums(7), call=["$0", "$1", {"axis": 0}]),
    Case("gather", "nothing", [drawn(4, 5), whole(0, 5, bound=4)], lambda x, i: x.gather(0, i), exact, call=["$0", "$1", {"axis": 0}]),
    Case("indexCopy", "rows", [drawn(5, 3), given([3, 0], "i32"), drawn(2, 3)], lambda x, i, s: x.index_copy(0, i, s), exact, call=["$0", 0, "$1", "$2"]),
    Case("indexCopy", "columns", [drawn(2, 6), given([5], "i32"), drawn(2, 1)], lambda x, i, s: x.index_copy(1, i, s), exact, call=["$0", 1, "$1", "$2"]),
    Case("oneHot", "labels", [whole(3, 4, bound=5)], lambda x: F.one_hot(x, 5), exact, call=["$0", 5]),
    Case("embedding", "repeated rows", [whole(3, 4, bound=5), drawn(5, 7)], F.embedding, exact, gradient_tolerance=sums(12)),
    Case("embedding", "a row that is padding", [whole(9, bound=4), drawn(4, 3)], lambda i, w: F.embedding(i, w, padding_idx=1), exact, gradient_tolerance=sums(9), call=["$0", "$1", {"paddingIndex": 1}]),
    Case("interpolate", "nearest", [drawn(1, 2, 3, 4)], lambda x: F.interpolate(x, scale_factor=2), exact, gradient_tolerance=sums(4), call=["$0", {"scaleFactor": 2}]),
    Case("interpolate", "nearest to an odd size", [drawn(1, 2, 3, 4)], lambda x: F.interpolate(x, size=(5, 7)), exact, gradient_tolerance=sums(4), call=["$0", {"size": [5, 7]}]),
    Case("interpolate", "bilinear", [drawn(1, 2, 4, 3, scale=1.0, offset=3.0)], lambda x: F.interpolate(x, size=(7, 5), mode="bilinear"), sums(8), call=["$0", {"size": [7, 5], "mode": "bilinear"}], rounds_constants=True),
    Case("interpolate", "bilinear by corners", [drawn(1, 2, 4, 3, scale=1.0, offset=3.0)], lambda x: F.interpolate(x, size=(6, 5), mode="bilinear", align_corners=True), sums(8), call=["$0", {"size": [6, 5], "mode": "bilinear", "alignCorners": True}], rounds_constants=True),
]
