"""Losses and distances."""

import torch
import torch.nn.functional as F

from op_cases.case import Case, drawn, given, normalised, ulps, whole

REDUCTIONS = ("mean", "sum", "none")


def loss(op, name, function, inputs, reduction="mean", call=None, ours=None, **options):
    """One call. `options` are PyTorch's; `ours` the same with our names, where those differ."""
    named = {"reduction": reduction, **(options if ours is None else ours)}
    arguments = call or [f"${index}" for index in range(len(inputs))]
    return Case(
        op,
        name,
        inputs,
        lambda *x: function(*x, reduction=reduction, **options),
        normalised,
        call=[*arguments, named],
        rounds_constants=True,
    )


def reduced(op, function, inputs, **options):
    return [loss(op, reduction, function, inputs, reduction, **options) for reduction in REDUCTIONS]


def with_weight(op, function, inputs, name="a weight for each class", ours=None, **options):
    """The last input is the weight; no gradient is asked for it."""
    *others, weight = inputs
    named = {"weight": f"${len(others)}", **(options if ours is None else ours)}
    return Case(
        op,
        name,
        [*others, {**weight, "constant": True}],
        lambda *x: function(*x[:-1], weight=x[-1], **options),
        normalised,
        call=[*[f"${index}" for index in range(len(others))], named],
        rounds_constants=True,
    )


def hinge_loss(x, target, reduction, margin=1.0, squared=False):
    """Which PyTorch has for several classes alone."""
    lacking = F.relu(margin - target * x)
    each = lacking**2 if squared else lacking
    return {"none": each, "sum": each.sum(), "mean": each.mean()}[reduction]


def transposed(*shape):
    """A view of `shape`, two axes."""
    return drawn(*reversed(shape), permute=[1, 0])


def signs(*shape):
    """1 and -1."""
    count = 1
    for size in shape:
        count *= size
    return given([1 if index * 7 % 5 < 3 else -1 for index in range(count)], shape=shape, constant=True)


def probabilities(*shape, **rest):
    return drawn(*shape, scale=0.45, offset=0.5, **rest)


def focal(x, t, alpha=0.25, gamma=2.0, reduction="none"):
    """torchvision's, which needs no torchvision."""
    p = torch.sigmoid(x)
    entropy = F.binary_cross_entropy_with_logits(x, t, reduction="none")
    right = p * t + (1 - p) * (1 - t)
    losses = entropy * (1 - right) ** gamma
    if alpha >= 0:
        losses = losses * (alpha * t + (1 - alpha) * (1 - t))
    return {"none": losses, "mean": losses.mean(), "sum": losses.sum()}[reduction]


def dice(x, t, smooth=1.0, axis=(1, 2), reduction="mean"):
    both = (x * t).sum(axis)
    losses = 1 - (2 * both + smooth) / (x.sum(axis) + t.sum(axis) + smooth)
    return {"none": losses, "mean": losses.mean(), "sum": losses.sum()}[reduction]


PAIR = [drawn(3, 5), drawn(3, 5)]
VIEW = [transposed(3, 5), drawn(3, 5)]
EMPTY = [drawn(0, 3), drawn(0, 3)]
SCALARS = [drawn(), drawn()]
LOGITS = drawn(6, 5, scale=4.0)
LABELS = whole(6, bound=5)
PIXELS = [drawn(2, 4, 3, 2), whole(2, 3, 2, bound=4)]
SOME_IGNORED = given([1, 3, -100, 0, 3, -100], "i32")
CHANCES = probabilities(4, 3)
TRUTH = whole(4, 3, bound=2, dtype="f32", constant=True)
WEIGHT = drawn(5, scale=0.9, offset=1.0)
ROWS = [drawn(5, 7), drawn(5, 7)]
TRIPLE = [drawn(5, 7), drawn(5, 7), drawn(5, 7)]


CASES = [
    *reduced("nllLoss", F.nll_loss, [LOGITS, LABELS]),
    loss("nllLoss", "pixels", F.nll_loss, PIXELS),
    loss("nllLoss", "no batch", F.nll_loss, [drawn(5), whole(bound=5)]),
    loss("nllLoss", "labels that do not count", F.nll_loss, [drawn(6, 4), SOME_IGNORED]),
    loss("nllLoss", "another label that does not count", F.nll_loss, [LOGITS, LABELS], ignore_index=3, ours={"ignoreIndex": 3}),
    with_weight("nllLoss", F.nll_loss, [LOGITS, LABELS, WEIGHT]),
    with_weight("nllLoss", F.nll_loss, [drawn(6, 4), SOME_IGNORED, drawn(4, scale=0.9, offset=1.0)], "weights, some labels do not count"),
    with_weight("nllLoss", F.nll_loss, [*PIXELS, drawn(4, scale=0.9, offset=1.0)], "weights, each pixel", reduction="none"),
    loss("crossEntropy", "probabilities", F.cross_entropy, [LOGITS, probabilities(6, 5)]),
    with_weight("crossEntropy", F.cross_entropy, [drawn(2, 4, 3, 2), probabilities(2, 4, 3, 2), drawn(4, scale=0.9, offset=1.0)], "probabilities of pixels, weights, smoothed", label_smoothing=0.2, ours={"labelSmoothing": 0.2}),
    with_weight("crossEntropy", F.cross_entropy, [*PIXELS, drawn(4, scale=0.9, offset=1.0)], "weights, each pixel", reduction="none"),
    with_weight("crossEntropy", F.cross_entropy, [drawn(6, 4), SOME_IGNORED, drawn(4, scale=0.9, offset=1.0)], "weights, some labels do not count", label_smoothing=0.1, ours={"labelSmoothing": 0.1}),
    *reduced("binaryCrossEntropy", F.binary_cross_entropy, [CHANCES, TRUTH]),
    loss("binaryCrossEntropy", "soft targets, transposed", F.binary_cross_entropy, [probabilities(3, 4, permute=[1, 0]), probabilities(4, 3)]),
    loss("binaryCrossEntropy", "near the ends", F.binary_cross_entropy, [given([0.0, 1.0, 1e-5, 0.999, 1e-3, 0.02]), given([0, 1, 0, 1, 0, 0], constant=True)], "none"),
    loss("binaryCrossEntropy", "certain mistakes", F.binary_cross_entropy, [given([0.0, 1.0, 1e-30]), given([1, 0, 1], constant=True)], "none"),
    with_weight("binaryCrossEntropy", F.binary_cross_entropy, [CHANCES, TRUTH, drawn(3, scale=0.9, offset=1.0)], "weights that broadcast"),
    with_weight("binaryCrossEntropyWithLogits", F.binary_cross_entropy_with_logits, [drawn(4, 3), TRUTH, drawn(3, scale=0.9, offset=1.0)], "weights that broadcast"),
    with_weight("binaryCrossEntropyWithLogits", F.binary_cross_entropy_with_logits, [drawn(4, 3), TRUTH, drawn(4, 3)], "weights, each", reduction="none"),
    *reduced("smoothL1Loss", F.smooth_l1_loss, PAIR),
    loss("smoothL1Loss", "another beta, a view", F.smooth_l1_loss, VIEW, beta=0.3),
    loss("smoothL1Loss", "beta 0", F.smooth_l1_loss, PAIR, beta=0.0),
    loss("smoothL1Loss", "nothing", F.smooth_l1_loss, EMPTY, "none"),
    *reduced("huberLoss", F.huber_loss, PAIR),
    loss("huberLoss", "another delta, a view", F.huber_loss, VIEW, delta=0.3),
    loss("huberLoss", "scalars", F.huber_loss, SCALARS),
    loss("huberLoss", "nothing, summed", F.huber_loss, EMPTY, "sum"),
    *reduced("klDiv", F.kl_div, [drawn(3, 5), probabilities(3, 5)]),
    loss("klDiv", "over the batch", F.kl_div, [drawn(3, 5), probabilities(3, 5)], "batchmean"),
    loss("klDiv", "logarithms over the batch", F.kl_div, VIEW, "batchmean", log_target=True, ours={"logTarget": True}),
    loss("klDiv", "targets of 0", F.kl_div, [drawn(4), given([0, 0.5, 0, 1], constant=True)], "none"),
    *reduced("hingeEmbeddingLoss", F.hinge_embedding_loss, [drawn(3, 5), signs(3, 5)]),
    loss("hingeEmbeddingLoss", "a margin, a view", F.hinge_embedding_loss, [transposed(3, 5), signs(3, 5)], margin=0.3),
    loss("hingeEmbeddingLoss", "other targets", F.hinge_embedding_loss, [drawn(4), given([0, 1, -1, 2], constant=True)], "none"),
    *reduced("hingeLoss", hinge_loss, [drawn(3, 5), signs(3, 5)]),
    loss("hingeLoss", "squared, a margin, a view", hinge_loss, [transposed(3, 5), signs(3, 5)], margin=0.3, squared=True),
    loss("hingeLoss", "nothing, summed", hinge_loss, EMPTY, "sum"),
    *reduced("marginRankingLoss", F.margin_ranking_loss, [*PAIR, signs(3, 5)]),
    loss("marginRankingLoss", "a margin, a view", F.margin_ranking_loss, [*VIEW, signs(3, 5)], margin=0.7),
    *reduced("softMarginLoss", F.soft_margin_loss, [drawn(3, 5), signs(3, 5)]),
    loss("softMarginLoss", "large, a view", F.soft_margin_loss, [drawn(5, 3, scale=30.0, permute=[1, 0]), signs(3, 5)]),
    *reduced("poissonNllLoss", F.poisson_nll_loss, [drawn(3, 5), drawn(3, 5, scale=1.9, offset=2.0)]),
    loss("poissonNllLoss", "rates", F.poisson_nll_loss, [drawn(3, 5, scale=1.9, offset=2.0), drawn(3, 5, scale=1.9, offset=2.0)], log_input=False, ours={"logInput": False}),
    loss("poissonNllLoss", "with Stirling's term", F.poisson_nll_loss, [transposed(3, 5), drawn(3, 5, scale=1.9, offset=2.0, constant=True)], full=True),
    loss("poissonNllLoss", "a rate of 0", F.poisson_nll_loss, [given([0, 0, 2]), given([0, 3, 0], constant=True)], "none", log_input=False, ours={"logInput": False}),
    *reduced("gaussianNllLoss", F.gaussian_nll_loss, [*PAIR, probabilities(3, 5)]),
    loss("gaussianNllLoss", "a variance for each row", F.gaussian_nll_loss, [*PAIR, probabilities(3)], full=True),
    loss("gaussianNllLoss", "a variance for each row, kept", F.gaussian_nll_loss, [*PAIR, probabilities(3, 1)], "none"),
    loss("gaussianNllLoss", "one variance", lambda x, t, **rest: F.gaussian_nll_loss(x, t, 0.7, **rest), PAIR, call=["$0", "$1", 0.7]),
    loss("gaussianNllLoss", "variances that are too small", F.gaussian_nll_loss, [drawn(4), drawn(4), given([0, 0.25, 0.5, 2])], "none", eps=0.375),
    *reduced("sigmoidFocalLoss", focal, [drawn(4, 3, scale=4.0), TRUTH]),
    loss("sigmoidFocalLoss", "another power, no share", focal, [drawn(4, 3), probabilities(4, 3)], alpha=-1, gamma=1.5),
    loss("sigmoidFocalLoss", "no power", focal, [drawn(4, 3), TRUTH], alpha=0.6, gamma=0),
    *reduced("diceLoss", dice, [probabilities(2, 3, 4), whole(2, 3, 4, bound=2, dtype="f32", constant=True)]),
    loss("diceLoss", "each channel", dice, [probabilities(2, 3, 4), probabilities(2, 3, 4)], "none", axis=[2], smooth=0.5),
    *reduced("cosineEmbeddingLoss", F.cosine_embedding_loss, [*ROWS, signs(5)]),
    loss("cosineEmbeddingLoss", "a margin, whole numbers", F.cosine_embedding_loss, [transposed(4, 7), drawn(4, 7), given([1, -1, -1, 1], "i32")], margin=-0.5),
    loss("cosineEmbeddingLoss", "another target counts nothing", F.cosine_embedding_loss, [drawn(3, 4), drawn(3, 4), given([1, 0, -1], constant=True)], "none"),
    *reduced("tripletMarginLoss", F.triplet_margin_loss, TRIPLE),
    loss("tripletMarginLoss", "the shorter way", F.triplet_margin_loss, TRIPLE, swap=True),
    loss("tripletMarginLoss", "another norm, a margin", F.triplet_margin_loss, [transposed(5, 7), *ROWS], p=1.5, margin=2.0),
    *reduced("multiMarginLoss", F.multi_margin_loss, [LOGITS, LABELS]),
    loss("multiMarginLoss", "squared", F.multi_margin_loss, [LOGITS, LABELS], p=2, margin=0.5),
    loss("multiMarginLoss", "no batch", F.multi_margin_loss, [drawn(5), whole(bound=5)]),
    with_weight("multiMarginLoss", F.multi_margin_loss, [LOGITS, LABELS, WEIGHT]),
    Case("cosineSimilarity", "rows", ROWS, F.cosine_similarity, normalised),
    Case("cosineSimilarity", "the first axis, which broadcasts", [drawn(4, 3), drawn(4, 1)], lambda a, b: F.cosine_similarity(a, b, dim=0), normalised, call=["$0", "$1", {"axis": 0}]),
    Case("cosineSimilarity", "a transposed view", [transposed(4, 3), drawn(4, 3)], F.cosine_similarity, normalised),
    Case("cosineSimilarity", "a row of 0", [given([0, 0, 3, 4], shape=[2, 2]), drawn(2, 2)], F.cosine_similarity, normalised, rounds_constants=True),
    Case("cosineSimilarity", "a short row", [given([0.1, 0.2, 3, 4], shape=[2, 2]), drawn(2, 2)], lambda a, b: F.cosine_similarity(a, b, eps=0.5), normalised, call=["$0", "$1", {"eps": 0.5}]),
    *[
        Case("pairwiseDistance", f"p = {p}", ROWS, lambda a, b, p=p: F.pairwise_distance(a, b, p), normalised, call=["$0", "$1", {"p": p}], rounds_constants=True)
        for p in (0.5, 1, 2, 3)
    ],
    Case("pairwiseDistance", "rows against one, kept", [drawn(2, 3, 5), drawn(5)], lambda a, b: F.pairwise_distance(a, b, keepdim=True), normalised, call=["$0", "$1", {"keepDims": True}], rounds_constants=True),
    Case("pairwiseDistance", "equal rows", [given([1, 2]), given([1, 2])], lambda a, b: F.pairwise_distance(a, b, eps=0), normalised, call=["$0", "$1", {"eps": 0}]),
    *[
        Case("normalize", f"p = {p}", [drawn(3, 5)], lambda x, p=p: F.normalize(x, p), normalised, call=["$0", {"p": p}], rounds_constants=True)
        for p in (0.5, 1, 2, 3)
    ],
    Case("normalize", "the first axis, a view", [drawn(4, 3, 2, permute=[2, 0, 1])], lambda x: F.normalize(x, dim=0), normalised, call=["$0", {"axis": 0}], rounds_constants=True),
    Case("normalize", "a row of 0 and a short one", [given([0, 0, 0.1, 0.2, 3, 4], shape=[3, 2])], lambda x: F.normalize(x, eps=0.5), normalised, call=["$0", {"eps": 0.5}]),
    Case("normalize", "nothing", [drawn(0, 5)], F.normalize, ulps(1)),
    *[
        Case("cdist", f"p = {p}", [drawn(4, 5), drawn(3, 5)], lambda a, b, p=p: torch.cdist(a, b, p), normalised, call=["$0", "$1", {"p": p}], rounds_constants=True)
        for p in (1, 1.5, 2, 3)
    ],
    Case("cdist", "batches that broadcast", [drawn(2, 1, 3, 4), drawn(3, 2, 4)], torch.cdist, normalised),
    Case("cdist", "a transposed view", [drawn(5, 4, permute=[1, 0]), drawn(3, 5)], torch.cdist, normalised),
    Case("cdist", "equal rows", [given([1, 2, 3, 4], shape=[2, 2]), given([1, 2, 3, 5], shape=[2, 2])], lambda a, b: torch.cdist(a, b, compute_mode="donot_use_mm_for_euclid_dist"), normalised),
    Case("cdist", "no rows", [drawn(0, 4), drawn(3, 4)], torch.cdist, normalised),
]
