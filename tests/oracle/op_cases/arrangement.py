"""Elements in another arrangement: copies side by side, triangles, edges, what indices name, and order."""

import torch
import torch.nn.functional as F

from op_cases.case import INF, NAN, Case, drawn, exact, given, sums, whole


def moved(op, name, spec, function, *call, **rest):
    return Case(op, name, [spec] if isinstance(spec, dict) else spec, function, exact, call=["$0", *call], **rest)


def parts(op, name, spec, function, *call, which):
    return Case(op, name, [spec], lambda x: function(x)[which], exact, call=["$0", *call], result=which)


def indexed(op, name, inputs, function, call, terms=1):
    return Case(op, name, inputs, function, sums(terms), gradient_tolerance=sums(terms), call=call)


TIES = given([3.0, 1.0, 2.0, 1.0, 3.0, -INF, INF, 2.0, 2.0, 1.0], shape=[2, 5])
SORTED = given([-1.5, -0.5, 0.0, 0.5, 0.5, 2.0])


CASES = [
    moved("expand", "new axes", drawn(3, 1), lambda x: x.expand(2, 3, 4), [2, 3, 4], gradient_tolerance=sums(8)),
    moved("expand", "kept sizes", drawn(3, 1), lambda x: x.expand(-1, 5), [-1, 5], gradient_tolerance=sums(5)),
    moved("repeat", "new axes", drawn(2, 3), lambda x: x.repeat(2, 1, 3), [2, 1, 3], gradient_tolerance=sums(6)),
    moved("repeat", "a view", drawn(2, 3, permute=[1, 0]), lambda x: x.repeat(2, 2), [2, 2], gradient_tolerance=sums(4)),
    moved("tile", "fewer numbers than axes", drawn(2, 3), lambda x: x.tile((2,)), [2], gradient_tolerance=sums(2)),
    moved("tile", "more", drawn(3), lambda x: x.tile((2, 2)), [2, 2], gradient_tolerance=sums(4)),
    moved("repeatInterleave", "all", drawn(2, 3), lambda x: x.repeat_interleave(2), 2, gradient_tolerance=sums(2)),
    moved("repeatInterleave", "an axis", drawn(2, 3), lambda x: x.repeat_interleave(3, 1), 3, {"axis": 1}, gradient_tolerance=sums(3)),
    moved("repeatInterleave", "as often as each says", drawn(2, 3), lambda x: x.repeat_interleave(torch.tensor([2, 0, 3]), 1), [2, 0, 3], {"axis": 1}, gradient_tolerance=sums(3)),
    Case("stack", "a new first axis", [drawn(2, 3), drawn(2, 3)], lambda *x: torch.stack(x), exact, call=[["$0", "$1"]]),
    Case("stack", "a new last axis, of views", [drawn(2, 3), drawn(3, 2, permute=[1, 0])], lambda *x: torch.stack(x, -1), exact, call=[["$0", "$1"], {"axis": -1}]),
    parts("split", "the last part is shorter", drawn(7, 3), lambda x: x.split(3), 3, which=2),
    parts("split", "sizes", drawn(4, 6), lambda x: x.split([1, 3, 2], 1), [1, 3, 2], {"axis": 1}, which=1),
    parts("chunk", "fewer than asked for", drawn(5, 2), lambda x: x.chunk(4), 4, which=1),
    parts("chunk", "along the last axis", drawn(2, 6), lambda x: x.chunk(3, -1), 3, {"axis": -1}, which=2),
    parts("unbind", "rows", drawn(3, 4), lambda x: x.unbind(), which=1),
    parts("unbind", "columns", drawn(3, 4), lambda x: x.unbind(1), {"axis": 1}, which=3),
    moved("narrow", "rows", drawn(5, 3), lambda x: x.narrow(0, 1, 3), 0, 1, 3),
    moved("narrow", "columns of a view", drawn(5, 3, permute=[1, 0]), lambda x: x.narrow(-1, 2, 2), -1, 2, 2),
    moved("select", "a row", drawn(4, 3), lambda x: x.select(0, 2), 0, 2),
    moved("select", "the last column", drawn(4, 3), lambda x: x.select(1, -1), 1, -1),
    moved("flip", "one axis", drawn(3, 4), lambda x: x.flip(1), 1),
    moved("flip", "two axes", drawn(2, 3, 4), lambda x: x.flip((0, -1)), [0, -1]),
    moved("roll", "all", drawn(3, 4), lambda x: x.roll(5), 5),
    moved("roll", "two axes", drawn(3, 4), lambda x: x.roll((1, -2), (0, 1)), [1, -2], {"axis": [0, 1]}),
    moved("rot90", "once", drawn(3, 4), lambda x: torch.rot90(x)),
    moved("rot90", "backwards, other axes", drawn(2, 3, 4), lambda x: torch.rot90(x, -1, (1, 2)), {"k": -1, "axes": [1, 2]}),
    moved("moveAxis", "one", drawn(2, 3, 4), lambda x: x.movedim(0, 2), 0, 2),
    moved("moveAxis", "two", drawn(2, 3, 4), lambda x: x.movedim((0, 1), (2, 0)), [0, 1], [2, 0]),
    moved("swapAxes", "first and last", drawn(2, 3, 4), lambda x: x.swapaxes(0, -1), 0, -1),
    moved("unfold", "windows that overlap", drawn(3, 9), lambda x: x.unfold(1, 4, 2), 1, 4, 2, gradient_tolerance=sums(2)),
    moved("unfold", "windows apart", drawn(9, 2), lambda x: x.unfold(0, 2, 3), 0, 2, 3),
    moved("diagonal", "the main one", drawn(4, 5), lambda x: x.diagonal()),
    moved("diagonal", "above, of other axes", drawn(3, 4, 5), lambda x: x.diagonal(1, 0, 2), {"offset": 1, "axis1": 0, "axis2": 2}),
    moved("diagEmbed", "below", drawn(2, 3), lambda x: torch.diag_embed(x, -1), {"offset": -1}),
    moved("diag", "of a vector", drawn(4), torch.diag),
    moved("diag", "of a matrix", drawn(4, 3), torch.diag),
    moved("tril", "the main one", drawn(2, 4, 5), torch.tril),
    moved("tril", "below", drawn(4, 5), lambda x: x.tril(-1), {"diagonal": -1}),
    moved("triu", "the main one", drawn(5, 4), torch.triu),
    moved("triu", "above", drawn(5, 4), lambda x: x.triu(2), {"diagonal": 2}),
    moved("pad", "a value", drawn(2, 3), lambda x: F.pad(x, (1, 2, 0, 1), value=1.5), [1, 2, 0, 1], {"value": 1.5}),
    moved("pad", "crops", drawn(4, 5), lambda x: F.pad(x, (-1, 2, 1, -2)), [-1, 2, 1, -2]),
    moved("pad", "reflected", drawn(1, 2, 3, 4), lambda x: F.pad(x, (2, 1, 1, 2), mode="reflect"), [2, 1, 1, 2], {"mode": "reflect"}, gradient_tolerance=sums(4)),
    moved("pad", "replicated", drawn(1, 2, 3, 4), lambda x: F.pad(x, (2, 1, 0, 3), mode="replicate"), [2, 1, 0, 3], {"mode": "replicate"}, gradient_tolerance=sums(12)),
    moved("pad", "around", drawn(1, 2, 3, 4), lambda x: F.pad(x, (2, 1, 3, 0), mode="circular"), [2, 1, 3, 0], {"mode": "circular"}, gradient_tolerance=sums(4)),
    Case("meshgrid", "columns", [drawn(3, constant=True), drawn(4)], lambda a, b: torch.meshgrid(a, b, indexing="xy")[1], exact, call=[["$0", "$1"], {"indexing": "xy"}], result=1, without_gradient=True),
    moved("pixelShuffle", "by two", drawn(1, 8, 2, 3), lambda x: F.pixel_shuffle(x, 2), 2),
    moved("pixelUnshuffle", "by two", drawn(2, 2, 4, 6), lambda x: F.pixel_unshuffle(x, 2), 2),
    Case("maskedFill", "a number", [drawn(3, 4), whole(3, 4, bound=2, dtype="bool")], lambda x, m: x.masked_fill(m, -2.5), exact, call=["$0", "$1", -2.5]),
    Case("maskedFill", "a mask that broadcasts", [drawn(2, 3, 4), whole(4, bound=2, dtype="bool")], lambda x, m: x.masked_fill(m, 7.0), exact, call=["$0", "$1", 7]),
    Case("trace", "wide", [drawn(4, 6)], torch.trace, sums(4)),
    Case("outer", "two vectors", [drawn(4), drawn(5)], torch.outer, sums(1), gradient_tolerance=sums(5)),
    indexed("indexSelect", "rows, some twice", [drawn(4, 3), given([2, 0, 2], "i32")], lambda x, i: x.index_select(0, i), ["$0", 0, "$1"], 2),
    indexed("indexSelect", "columns of a view", [drawn(4, 3, permute=[1, 0]), given([3, 1], "i32")], lambda x, i: x.index_select(1, i), ["$0", 1, "$1"]),
    indexed("takeAlongAxis", "of rows", [drawn(4, 5), whole(4, 2, bound=5)], lambda x, i: torch.take_along_dim(x, i, 1), ["$0", "$1", {"axis": 1}], 2),
    indexed("takeAlongAxis", "of all", [drawn(3, 4), given([11, 0, 5, 5], "i32")], torch.take_along_dim, ["$0", "$1"], 2),
    indexed("indexAdd", "rows, some twice", [drawn(4, 3), given([1, 3, 1], "i32"), drawn(3, 3)], lambda x, i, s: x.index_add(0, i, s, alpha=0.5), ["$0", 0, "$1", "$2", {"alpha": 0.5}], 3),
    indexed("indexAdd", "columns", [drawn(2, 4), given([0, 0, 3], "i32"), drawn(2, 3)], lambda x, i, s: x.index_add(1, i, s), ["$0", 1, "$1", "$2"], 3),
    indexed("scatter", "rows", [drawn(4, 3), given([3, 0, 1, 2, 1, 3], "i32", [2, 3]), drawn(2, 3)], lambda x, i, s: x.scatter(0, i, s), ["$0", "$1", "$2", {"axis": 0}]),
    Case("scatter", "a number", [drawn(3, 4), given([3, 0, 1], "i32", [3, 1])], lambda x, i: x.scatter(1, i, 2.5), exact, call=["$0", "$1", 2.5, {"axis": 1}]),
    indexed("scatterAdd", "columns, some twice", [drawn(3, 4), whole(3, 6, bound=4), drawn(3, 6)], lambda x, i, s: x.scatter_add(1, i, s), ["$0", "$1", "$2", {"axis": 1}], 7),
    indexed("scatterAdd", "rows", [drawn(4, 3), whole(5, 3, bound=4), drawn(5, 3)], lambda x, i, s: x.scatter_add(0, i, s), ["$0", "$1", "$2", {"axis": 0}], 6),
    moved("sort", "values", drawn(3, 9), lambda x: x.sort(stable=True)[0], result="values"),
    moved("sort", "downwards, along columns", drawn(7, 3), lambda x: x.sort(dim=0, descending=True, stable=True)[0], {"axis": 0, "descending": True}, result="values"),
    Case("sort", "indices of ties", [TIES], lambda x: x.sort(stable=True)[1], exact, call=["$0"], result="indices", without_gradient=True),
    Case("sort", "whole numbers", [whole(2, 40, bound=50, low=-25)], lambda x: x.sort(stable=True)[0], exact, call=["$0"], result="values"),
    Case("argsort", "ties", [TIES], lambda x: x.argsort(stable=True), exact, without_gradient=True),
    Case("argsort", "ties, downwards", [TIES], lambda x: x.argsort(descending=True, stable=True), exact, call=["$0", {"descending": True}], without_gradient=True),
    moved("topK", "values", drawn(4, 9), lambda x: x.topk(3)[0], 3, result="values"),
    moved("topK", "the smallest, along columns", drawn(9, 2), lambda x: x.topk(4, 0, largest=False)[0], 4, {"axis": 0, "largest": False}, result="values"),
    Case("topK", "indices", [drawn(4, 9)], lambda x: x.topk(3)[1], exact, call=["$0", 3], result="indices", without_gradient=True),
    Case("searchSorted", "from the left", [SORTED, given([-2.0, -0.5, 0.5, 3.0])], torch.searchsorted, exact, without_gradient=True),
    Case("searchSorted", "from the right", [SORTED, given([-2.0, -0.5, 0.5, 3.0])], lambda s, v: torch.searchsorted(s, v, right=True), exact, call=["$0", "$1", {"right": True}], without_gradient=True),
    Case("bucketize", "numbers", [drawn(3, 5), SORTED], torch.bucketize, exact, without_gradient=True),
]
