"""Factors of matrices and what is solved with them; and the loss of paths through time."""

import torch
import torch.nn.functional as F

from op_cases.case import INF, Case, drawn, given, normalised, whole


def definite(*shape):
    """Symmetric matrices with pivots above 0, from the numbers 0, 1, …."""
    n = shape[-1]
    count = 1
    for size in shape[:-2]:
        count *= size
    a = torch.arange(count * n * n).reshape(count, n, n).mul(7).remainder(11).sub(5) / 8
    values = a + a.mT + 2 * n * torch.eye(n)
    return given(values.flatten().tolist(), shape=shape)


def triangle(*shape, **rest):
    """Numbers of all cells, those of the diagonal above 0."""
    n = shape[-1]
    count = 1
    for size in shape[:-2]:
        count *= size
    a = torch.arange(count * n * n).reshape(count, n, n).mul(5).remainder(13).sub(6) / 8
    return given((a + 2 * torch.eye(n)).flatten().tolist(), shape=shape, **rest)


def cholesky(name, a, **options):
    return Case("cholesky", name, [a], lambda x: torch.linalg.cholesky(x, **options), normalised, call=["$0", options], rounds_constants=True)


def solved(name, a, b, upper, **options):
    named = {"upper": upper, **options}
    return Case(
        "solveTriangular",
        name,
        [a, b],
        lambda a, b: torch.linalg.solve_triangular(a, b, upper=upper, **options),
        normalised,
        call=["$0", "$1", named],
    )


def cholesky_solved(name, b, factor, upper=False):
    """The factor's other triangle is not read, and so has no gradient; PyTorch gives it one."""

    def run(b, factor):
        return torch.cholesky_solve(b, factor.triu() if upper else factor.tril(), upper=upper)

    return Case("choleskySolve", name, [b, factor], run, normalised, call=["$0", "$1", {"upper": upper}])


def derivative(x, targets, steps, counts, reduction, zero_infinity, **options):
    """F.ctc_loss with its derivative: PyTorch's gradient by x is exp(x) more, as if x were behind log_softmax."""
    losses = F.ctc_loss(x, targets, steps, counts, reduction="none", zero_infinity=zero_infinity, **options)
    single = x.dim() == 2
    rows = x.unsqueeze(1) if single else x
    counted = torch.arange(rows.shape[0]).unsqueeze(1) < steps.reshape(1, -1)
    if zero_infinity:
        never = F.ctc_loss(x, targets, steps, counts, reduction="none", **options).isinf()
        counted = counted & ~never.reshape(1, -1)
    extra = (rows.exp().sum(2) * counted).sum(0).reshape(losses.shape)
    losses = losses - extra + extra.detach()
    if reduction == "mean":
        return (losses / counts.clamp_min(1)).mean()
    return losses.sum() if reduction == "sum" else losses


def ctc(name, x, targets, steps, counts, reduction="mean", blank=0, zero_infinity=False, **rest):
    """Lengths are lists, or one number for all."""
    batch = x["shape"][1] if len(x["shape"]) == 3 else 1
    inputs = [x, targets]
    places = []
    for lengths in (steps, counts):
        if isinstance(lengths, list):
            places.append(f"${len(inputs)}")
            inputs.append(given(lengths, "i32"))
        else:
            places.append(lengths)

    def run(x, targets, *lengths):
        found = list(lengths)
        shape = () if x.dim() == 2 else (batch,)
        full = [found.pop(0) if isinstance(part, str) else torch.full(shape, part) for part in places]
        return derivative(x, targets, *full, reduction, zero_infinity, blank=blank)

    named = {"reduction": reduction, "blank": blank, "zeroInfinity": zero_infinity}
    return Case("ctcLoss", name, inputs, run, normalised, call=["$0", "$1", *places, named], rounds_constants=True, **rest)


def log_probabilities(*shape):
    """About those of a network that knows little yet."""
    return drawn(*shape, scale=1.5, offset=-2.0)


REPEATED = given([1, 1, 2, 3, 2, 2], "i32", shape=[2, 3])
SHORT = [log_probabilities(6, 2, 4), REPEATED]

CASES = [
    cholesky("one matrix", definite(5, 5)),
    cholesky("batches", definite(2, 3, 3, 3)),
    cholesky("upper", definite(4, 4), upper=True),
    cholesky("a transposed view", {**definite(2, 4, 4), "permute": [0, 2, 1]}),
    cholesky("15 rows", definite(15, 15)),
    cholesky("one element", definite(3, 1, 1)),
    cholesky("nothing", drawn(2, 0, 0)),
    solved("lower", triangle(5, 5), drawn(5, 3), False),
    solved("upper", triangle(2, 4, 4), drawn(2, 4, 3), True),
    solved("a diagonal of ones", triangle(4, 4), drawn(4, 2), False, unitriangular=True),
    solved("from the right", triangle(4, 4), drawn(2, 4), False, left=False),
    solved("from the right, upper, a diagonal of ones", triangle(3, 4, 4), drawn(3, 2, 4), True, left=False, unitriangular=True),
    solved("batches that broadcast", triangle(2, 1, 3, 3), drawn(3, 3, 2), False),
    solved("transposed views", {**triangle(4, 4), "permute": [1, 0]}, drawn(3, 4, permute=[1, 0]), True),
    solved("17 columns", triangle(3, 3), drawn(3, 17), False),
    solved("no columns", triangle(3, 3), drawn(3, 0), False),
    cholesky_solved("lower", drawn(4, 3), triangle(4, 4)),
    cholesky_solved("upper", drawn(4, 3), triangle(4, 4), upper=True),
    cholesky_solved("batches", drawn(2, 3, 2), triangle(2, 3, 3)),
    cholesky_solved("a transposed right side", drawn(2, 4, permute=[1, 0]), triangle(4, 4)),
    ctc("mean, labels that repeat", *SHORT, [6, 5], [3, 2]),
    ctc("sum", *SHORT, [6, 5], [3, 3], "sum"),
    ctc("none, another blank", log_probabilities(6, 2, 4), given([1, 1, 3, 3, 0, 0], "i32", shape=[2, 3]), [6, 4], [2, 2], "none", 2),
    ctc("an empty target", *SHORT, [3, 6], [0, 3], "none"),
    ctc("one behind the other", log_probabilities(5, 3, 4), given([1, 2, 3, 3, 1], "i32"), [5, 5, 4], [2, 0, 3]),
    ctc("numbers for lengths", *SHORT, 6, 3),
    ctc("numbers for lengths, one behind the other", log_probabilities(5, 2, 4), given([1, 2, 3, 3], "i32"), 5, 2, "sum"),
    ctc("no batch", log_probabilities(5, 4), given([1, 2], "i32"), 5, 2, "none"),
    ctc("a target that is too long, which counts nothing", *SHORT, [6, 3], [3, 3], "mean", zero_infinity=True),
    ctc("50 steps", log_probabilities(50, 1, 5), whole(1, 9, bound=4, low=1), [50], [9]),
    ctc("an impossible label", given([-1, -2, -INF, -1, -1, -1, -2, -1, -3], shape=[3, 1, 3]), given([1, 2], "i32", shape=[1, 2]), [3], [2], without_gradient=True),
]
