"""Layers of torch.nn, and AdamW with clipping, in float64: modules.safetensors and modules.json.

Of each case: results in eval mode and, for upstream gradients from the hash, the gradients of inputs and parameters.
The state dicts are stored, in f32, under PyTorch's names: "<state>/<name>".
"""

import torch
import torch.nn.functional as F
from torch import nn

from common import be_deterministic, hash_integers, hash_numbers, sample, write_fixture

# Tensor numbers of the hash. A state dict's entry i has STATE + i, each case's x, y, z and so on the first.
DY, STATE = 50, 100
STATE_SEED = 900
EPS_OF_F32 = 2.0**-23


def state_of(module, seed=STATE_SEED):
    """Random weights: matrices in [-0.25, 0.25), vectors in [-0.5, 0.5), and 1 more for the weights of norms."""
    state = {}
    for number, (name, value) in enumerate(module.state_dict().items()):
        is_gain = "norm" in name and name.endswith("weight")
        scale, offset = (0.25 if value.ndim >= 2 else 0.5), (1.0 if is_gain else 0.0)
        state[name] = hash_numbers(seed, STATE + number, value.shape, scale, offset).float()
    return state


def inputs(seed, shapes, scale=1.0, offset=0.0):
    return [hash_numbers(seed, number, shape, scale, offset).requires_grad_() for number, shape in enumerate(shapes)]


def results(module, y, xs, seed):
    """y, dx of every input, and samples of the gradients of every parameter."""
    dy = hash_numbers(seed, DY, y.shape)
    parameters = dict(module.named_parameters())
    found = torch.autograd.grad(y, [*xs, *parameters.values()], dy)
    names = [f"d{number}" for number in range(len(xs))] + [f"d.{name}" for name in parameters]
    return {"y": y.detach(), **{name: sample(value, 64) if "." in name else value for name, value in zip(names, found)}}


class Fixture:
    """Cases and tensors, in the order in which they are made."""

    def __init__(self):
        self.tensors = {}
        self.cases = []

    def add_state(self, name, state):
        for key, value in state.items():
            self.tensors[f"{name}/{key}"] = value

    def add(self, module, name, facts, make):
        """`make(seed)` gives what is stored of the case."""
        seed = len(self.cases) + 1
        self.cases.append({"module": module, "name": name, "seed": seed, **facts})
        for key, value in make(seed).items():
            self.tensors[f"{seed}.{key}"] = value.detach().contiguous()


def add_norms(fixture):
    shapes = [([5, 7], [7]), ([2, 3, 16], [16]), ([1, 1], [1]), ([3, 4, 5], [4, 5]), ([4, 257], [257]), ([2, 33, 64], [64])]
    variants = [{}, {}, {}, {"eps": 0.1}, {}, {"elementwiseAffine": False}]
    for (shape, normalized), options in zip(shapes, variants):
        for kind, maker, epsilon in (("LayerNorm", nn.LayerNorm, 1e-5), ("RMSNorm", nn.RMSNorm, EPS_OF_F32)):
            affine = options.get("elementwiseAffine", True)
            module = maker(normalized, eps=options.get("eps", epsilon), elementwise_affine=affine)
            add_norm(fixture, kind, f"{shape} over {normalized}", module, shape, normalized, options)
    add_norm(fixture, "LayerNorm", "without bias", nn.LayerNorm(20, bias=False), [6, 20], [20], {"bias": False})


def add_norm(fixture, kind, name, module, shape, normalized, options):
    def make(seed):
        xs = inputs(seed, [shape], 2.0, 0.5)
        state = {key: hash_numbers(seed, STATE + n, v.shape, 0.5, 1.0) for n, (key, v) in enumerate(module.state_dict().items())}
        module.double().load_state_dict(state)
        return results(module, module(*xs), xs, seed)

    fixture.add(kind, name, {"shape": shape, "normalizedShape": normalized, **options}, make)


def add_embeddings(fixture):
    for rows, width, shape, options in [
        (11, 6, [3, 5], {}),
        (65, 33, [2, 40], {}),
        (4, 8, [130], {}),
        (9, 5, [20], {"paddingIdx": 2}),
    ]:
        def make(seed):
            module = nn.Embedding(rows, width, padding_idx=options.get("paddingIdx")).double()
            with torch.no_grad():
                module.weight.copy_(hash_numbers(seed, STATE, [rows, width]))
            y = module(hash_integers(seed, 0, shape, rows))
            (found,) = torch.autograd.grad(y, [module.weight], hash_numbers(seed, DY, y.shape))
            return {"y": sample(y), "d.weight": found}

        facts = {"numEmbeddings": rows, "embeddingDim": width, "shape": shape, **options}
        fixture.add("Embedding", f"{shape} of {rows} x {width}", facts, make)


WIDTH, HEADS, HIDDEN, BATCH = 16, 4, 24, 2


def causal(length):
    """PyTorch's convention in these modules: true is hidden."""
    return torch.ones(length, length, dtype=torch.bool).triu(1)


def padding(lengths, longest):
    """True from each sequence's length on."""
    return torch.arange(longest)[None, :] >= torch.tensor(lengths)[:, None]


def add_attention(fixture):
    shapes = {"self": (5, 5), "cross": (5, 7)}
    plain, unbiased = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True), {"bias": False}
    without = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True, bias=False)
    other = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True, kdim=10, vdim=6)
    states = {"MultiheadAttention": plain, "MultiheadAttention.unbiased": without, "MultiheadAttention.sizes": other}
    for name, module in states.items():
        fixture.add_state(name, state_of(module))
        module.double().load_state_dict(state_of(module))
        module.eval()
    cases = [
        ("no mask", plain, "MultiheadAttention", "self", {}),
        ("keys of another length", plain, "MultiheadAttention", "cross", {}),
        ("causal", plain, "MultiheadAttention", "self", {"attnMask": "causal"}),
        ("an added mask", plain, "MultiheadAttention", "cross", {"attnMask": "added"}),
        ("padded keys", plain, "MultiheadAttention", "cross", {"keyLengths": [7, 4]}),
        ("causal, padded keys", plain, "MultiheadAttention", "self", {"attnMask": "causal", "keyLengths": [5, 3]}),
        ("without bias", without, "MultiheadAttention.unbiased", "self", unbiased),
        ("keys and values of other widths", other, "MultiheadAttention.sizes", "cross", {"kdim": 10, "vdim": 6}),
    ]
    for name, module, state, shape, options in cases:
        queries, keys = shapes[shape]
        sizes = [[BATCH, queries, WIDTH], [BATCH, keys, options.get("kdim", WIDTH)], [BATCH, keys, options.get("vdim", WIDTH)]]

        def make(seed):
            xs = inputs(seed, sizes)
            masks = {"key_padding_mask": padding(options["keyLengths"], keys)} if "keyLengths" in options else {}
            if "attnMask" in options:
                added = hash_numbers(seed, 3, (queries, keys), 2.0)
                masks["attn_mask"] = causal(queries) if options["attnMask"] == "causal" else added
            if "keyLengths" in options and options.get("attnMask") == "added":
                raise ValueError("PyTorch wants both masks of one kind")
            y, weights = module(*xs, need_weights=True, average_attn_weights=False, **masks)
            return {**results(module, y, xs, seed), "weights": weights, "averaged": weights.mean(1)}

        facts = {"state": state, "embedDim": WIDTH, "numHeads": HEADS, "inputs": sizes, **options}
        fixture.add("MultiheadAttention", name, facts, make)


def add_layers(fixture):
    for kind, maker in (("TransformerEncoderLayer", nn.TransformerEncoderLayer), ("TransformerDecoderLayer", nn.TransformerDecoderLayer)):
        state = state_of(maker(WIDTH, HEADS, HIDDEN))
        fixture.add_state(kind, state)
        for norm_first in (False, True):
            for activation in ("relu", "gelu"):
                for is_masked in (False, True):
                    module = maker(
                        WIDTH, HEADS, HIDDEN, activation=activation, norm_first=norm_first, batch_first=True
                    )
                    module.double().load_state_dict(state)
                    facts = {"state": kind, "normFirst": norm_first, "activation": activation, "masked": is_masked}
                    name = f"{'norm first' if norm_first else 'norm last'}, {activation}{', masked' if is_masked else ''}"
                    add_layer(fixture, kind, name, module.eval(), facts, is_masked)


def add_layer(fixture, kind, name, module, facts, is_masked):
    """Masked: causal among themselves, and the second sequence's (or memory's) last elements are padding."""
    is_encoder = kind == "TransformerEncoderLayer"
    sizes = [[BATCH, 6, WIDTH]] if is_encoder else [[BATCH, 6, WIDTH], [BATCH, 7, WIDTH]]

    def make(seed):
        xs = inputs(seed, sizes)
        masks = {}
        if is_masked and is_encoder:
            masks = {"src_mask": causal(6), "src_key_padding_mask": padding([6, 4], 6)}
        elif is_masked:
            masks = {"tgt_mask": causal(6), "memory_key_padding_mask": padding([7, 5], 7)}
        return results(module, module(*xs, **masks), xs, seed)

    sizes_of_module = {"dModel": WIDTH, "nhead": HEADS, "dimFeedforward": HIDDEN}
    keys = {"keyLengths": [6, 4] if is_encoder else [7, 5]} if is_masked else {}
    fixture.add(kind, name, {**sizes_of_module, "inputs": sizes, **facts, **keys}, make)


def add_training(fixture):
    """Ten steps of a small network; x and the targets are new at each."""
    steps, batch = 10, 16
    for name, options in [
        ("as it is by default", {"lr": 1e-3, "betas": [0.9, 0.999], "eps": 1e-8, "weightDecay": 0.01}),
        ("clipped, with decay", {"lr": 1e-2, "betas": [0.9, 0.95], "eps": 1e-8, "weightDecay": 0.1, "maxGradNorm": 0.25}),
        ("clipped now and then", {"lr": 3e-2, "betas": [0.5, 0.9], "eps": 1e-3, "weightDecay": 0.0, "maxGradNorm": 0.6}),
    ]:
        def make(seed):
            module = nn.Sequential(nn.Linear(8, 16), nn.GELU(), nn.Linear(16, 4)).double()
            module.load_state_dict(state_of(module, seed))
            optimizer = torch.optim.AdamW(
                module.parameters(), options["lr"], tuple(options["betas"]), options["eps"], options["weightDecay"], foreach=False
            )
            losses, norms = [], []
            for step in range(steps):
                x = hash_numbers(seed, 2 * step, (batch, 8))
                loss = F.cross_entropy(module(x), hash_integers(seed, 2 * step + 1, (batch,), 4))
                optimizer.zero_grad()
                loss.backward()
                most = options.get("maxGradNorm", float("inf"))
                norms.append(nn.utils.clip_grad_norm_(module.parameters(), most, foreach=False).item())
                optimizer.step()
                losses.append(loss.item())
            exact = {"losses": torch.tensor(losses, dtype=torch.float64), "norms": torch.tensor(norms, dtype=torch.float64)}
            return exact | dict(module.state_dict())

        fixture.add("AdamW", name, {"steps": steps, "batch": batch, "layers": [8, 16, 4], **options}, make)


def main():
    be_deterministic()
    fixture = Fixture()
    add_norms(fixture)
    add_embeddings(fixture)
    add_attention(fixture)
    add_layers(fixture)
    add_training(fixture)
    write_fixture("modules", fixture.tensors, {"stateSeed": STATE_SEED, "cases": fixture.cases})
    print(f"{len(fixture.cases)} cases")


main()
