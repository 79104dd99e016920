"""Products of vectors, matrices and tensors."""

import torch

from op_cases.case import Case, drawn, exact, sums, whole


def einsum(equation, *inputs, length=20, name=None, **rest):
    """An equation is its own name."""
    places = [f"${index}" for index in range(len(inputs))]
    return Case(
        "einsum",
        name or equation,
        list(inputs),
        lambda *x: torch.einsum(equation, *x),
        sums(length),
        call=[equation, *places],
        **rest,
    )


def tensordot(name, a, b, axes, length=12):
    return Case("tensordot", name, [a, b], lambda a, b: torch.tensordot(a, b, axes), sums(length), call=["$0", "$1", {"axes": axes}])


def added(op, function, name, inputs, **factors):
    return Case(op, name, inputs, lambda x, a, b: function(x, a, b, **factors), sums(12), call=["$0", "$1", "$2", factors], rounds_constants=True)


CASES = [
    Case("dot", "two vectors", [drawn(17), drawn(17)], torch.dot, sums(17)),
    Case("dot", "whole numbers", [whole(9, bound=19, low=-9), whole(9, bound=19, low=-9)], torch.dot, exact),
    Case("dot", "nothing", [drawn(0), drawn(0)], torch.dot, exact),
    Case("mv", "a matrix and a vector", [drawn(5, 7), drawn(7)], torch.mv, sums(7)),
    Case("mv", "a transposed matrix", [drawn(7, 5, permute=[1, 0]), drawn(7)], torch.mv, sums(7)),
    Case("mv", "an inner size of 0", [drawn(3, 0), drawn(0)], torch.mv, exact),
    Case("bmm", "three of each", [drawn(3, 2, 5), drawn(3, 5, 4)], torch.bmm, sums(5)),
    Case("bmm", "transposed ones", [drawn(3, 5, 2, permute=[0, 2, 1]), drawn(4, 5, 3, permute=[2, 1, 0])], torch.bmm, sums(5)),
    Case("bmm", "no matrices", [drawn(0, 2, 5), drawn(0, 5, 4)], torch.bmm, exact),
    added("addmm", torch.addmm, "a matrix", [drawn(3, 4), drawn(3, 5), drawn(5, 4)]),
    added("addmm", torch.addmm, "a row, both scaled", [drawn(4), drawn(3, 5), drawn(5, 4)], beta=0.3, alpha=-1.7),
    added("addmm", torch.addmm, "a column and a view", [drawn(3, 1), drawn(5, 3, permute=[1, 0]), drawn(5, 4)], alpha=2),
    added("baddbmm", torch.baddbmm, "batches", [drawn(2, 3, 4), drawn(2, 3, 5), drawn(2, 5, 4)]),
    added("baddbmm", torch.baddbmm, "a row, both scaled", [drawn(2, 1, 4), drawn(2, 3, 5), drawn(2, 5, 4)], beta=0.3, alpha=-1.7),
    added("baddbmm", torch.baddbmm, "one matrix for all", [drawn(3, 4), drawn(2, 3, 5), drawn(2, 5, 4)], beta=2),
    tensordot("the last two with the first two", drawn(2, 3, 4), drawn(3, 4, 5), 2),
    tensordot("one axis", drawn(2, 3), drawn(3, 4), 1),
    tensordot("none", drawn(3), drawn(4), 0),
    tensordot("all", drawn(2, 3), drawn(2, 3), 2),
    tensordot("named axes, a view", drawn(5, 3, 4, permute=[1, 2, 0]), drawn(5, 2, 3), [[0, -1], [2, 0]], 15),
    einsum("ij,jk->ik", drawn(3, 4), drawn(4, 5)),
    einsum("bhqd,bhkd->bhqk", drawn(1, 2, 3, 4), drawn(1, 2, 5, 4)),
    einsum("...ij,...jk->...ik", drawn(2, 1, 3, 4), drawn(3, 4, 2), name="an ellipsis that broadcasts"),
    einsum("i,i->", drawn(7), drawn(7)),
    einsum("ii", drawn(5, 5), name="a trace"),
    einsum("iji,j->i", drawn(3, 4, 3), drawn(4), name="a diagonal times a vector"),
    einsum("...i->i...", drawn(2, 3, 4), name="an axis to the front"),
    einsum("ij,ik,il->jkl", drawn(5, 2), drawn(5, 3), drawn(5, 4), name="three operands"),
    einsum("ij,jk,kl,lm->im", drawn(2, 6), drawn(6, 5), drawn(5, 4), drawn(4, 3), length=200, name="a chain", without_gradient=True),
    einsum("ij,jk->ik", drawn(3, 1), drawn(4, 5), name="a size of 1 goes with any"),
    einsum("i,->i", drawn(3), drawn(), name="a scalar"),
    einsum("ij,jk->ik", drawn(3, 0), drawn(0, 4), name="an inner size of 0"),
    Case("einsum", "whole numbers", [whole(3, 4, bound=19, low=-9), whole(4, 5, bound=19, low=-9)], lambda a, b: torch.einsum("ij,jk->ik", a, b), exact, call=["ij,jk->ik", "$0", "$1"]),
]
