"""Layers and losses of GANs, in float64: ganModules.safetensors and ganModules.json.

Batch, instance and group norm run three batches in training, each with its gradients, and one in evaluation; of the
running values those after the third batch are stored. spectral_norm runs three steps of training and one in evaluation.
"""

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import parametrizations

from common import be_deterministic, hash_numbers, sample, write_fixture

# Tensor numbers of the hash: inputs of step s are s, upstream gradients DY + s, state dict entries STATE + i.
DY, STATE = 50, 100
STEPS = 3


class Fixture:
    """Cases and tensors, in the order in which they are made."""

    def __init__(self):
        self.tensors = {}
        self.cases = []

    def add(self, module, name, facts, make):
        seed = len(self.cases) + 1
        self.cases.append({"module": module, "name": name, "seed": seed, **facts})
        for key, value in make(seed).items():
            self.tensors[f"{seed}.{key}"] = value.detach().double().contiguous()


def fill(module, seed, scale=0.5, offset=0.0):
    """Random values for all parameters, in order."""
    with torch.no_grad():
        for number, parameter in enumerate(module.parameters()):
            parameter.copy_(hash_numbers(seed, STATE + number, parameter.shape, scale, offset))


BATCH_NORMS = [
    ("BatchNorm1d", [6, 5], {}),
    ("BatchNorm1d", [2, 3, 9], {"momentum": None}),
    ("BatchNorm1d", [130, 4], {"eps": 0.1, "momentum": 0.3}),
    ("BatchNorm2d", [3, 4, 5, 7], {}),
    ("BatchNorm2d", [2, 3, 8, 8], {"affine": False}),
    ("BatchNorm2d", [5, 2, 4, 4], {"trackRunningStats": False}),
]
OTHER_NORMS = [
    ("BatchNorm3d", [2, 3, 2, 3, 4], {}),
    ("InstanceNorm1d", [3, 4, 7], {"trackRunningStats": True, "momentum": 0.3}),
    ("InstanceNorm2d", [2, 3, 4, 4], {"affine": True, "trackRunningStats": True}),
    ("InstanceNorm3d", [1, 2, 3, 2, 5], {"affine": True, "eps": 0.1}),
    ("GroupNorm", [2, 6, 3, 5], {"groups": 3}),
    ("GroupNorm", [3, 4, 8], {"groups": 1, "bias": False}),
]


def add_norms(fixture, cases):
    for kind, shape, options in cases:
        def make(seed):
            names = {"trackRunningStats": "track_running_stats"}
            known = {names.get(key, key): value for key, value in options.items() if key != "groups"}
            groups = [options["groups"]] if "groups" in options else []
            module = getattr(nn, kind)(*groups, shape[1], **known).double()
            fill(module, seed, 0.5, 1.0)
            found = {}
            for step in range(STEPS):
                x = hash_numbers(seed, step, shape, 2.0, 0.5 + step).requires_grad_()
                y = module(x)
                gradients = torch.autograd.grad(y, [x, *module.parameters()], hash_numbers(seed, DY + step, shape))
                found[f"{step}.y"] = sample(y)
                for number, gradient in enumerate(gradients):
                    found[f"{step}.d{number}"] = sample(gradient)
            for name, value in module.named_buffers():
                found[name] = value
            module.eval()
            found["eval"] = sample(module(hash_numbers(seed, STEPS, shape, 2.0, 0.5)))
            return found

        fixture.add(kind, f"{shape}", {"shape": shape, **options}, make)


def add_transposed(fixture):
    for sizes, kernel, options in [
        ([2, 3, 4, 5], 3, {}),
        ([1, 4, 3, 3], 4, {"stride": 2, "padding": 1}),
        ([2, 4, 3, 4], 3, {"stride": 2, "padding": 1, "outputPadding": 1, "groups": 2, "bias": False}),
    ]:
        def make(seed):
            names = {"outputPadding": "output_padding"}
            module = nn.ConvTranspose2d(sizes[1], 6, kernel, **{names.get(k, k): v for k, v in options.items()}).double()
            fill(module, seed)
            x = hash_numbers(seed, 0, sizes).requires_grad_()
            y = module(x)
            parameters = list(module.parameters())
            gradients = torch.autograd.grad(y, [x, *parameters], hash_numbers(seed, DY, y.shape))
            return {"y": sample(y), **{f"d{number}": sample(gradient) for number, gradient in enumerate(gradients)}}

        fixture.add("ConvTranspose2d", f"{sizes}", {"shape": sizes, "kernel": kernel, "options": options}, make)


def add_spectral_norms(fixture):
    for kind, maker, shape in [
        ("Linear", lambda: nn.Linear(5, 3), [4, 5]),
        ("Conv2d", lambda: nn.Conv2d(3, 4, 3), [2, 3, 5, 5]),
        ("ConvTranspose2d", lambda: nn.ConvTranspose2d(3, 4, 3), [2, 3, 4, 4]),
    ]:
        def make(seed):
            module = parametrizations.spectral_norm(maker().double())
            fill(module, seed)
            norm = module.parametrizations.weight[0]
            with torch.no_grad():
                for number, value in enumerate([norm._u, norm._v]):
                    drawn = hash_numbers(seed, STATE + 10 + number, value.shape)
                    # Rounded as the test's are.
                    value.copy_((drawn / drawn.norm()).float().double())
            found = {"u0": norm._u.clone(), "v0": norm._v.clone()}
            for step in range(STEPS):
                x = hash_numbers(seed, step, shape).requires_grad_()
                y = module(x)
                weight = module.parametrizations.weight.original
                gradients = torch.autograd.grad(y, [x, weight, module.bias], hash_numbers(seed, DY + step, y.shape))
                found[f"{step}.y"] = sample(y)
                for number, gradient in enumerate(gradients):
                    found[f"{step}.d{number}"] = sample(gradient)
            found |= {"u": norm._u, "v": norm._v}
            module.eval()
            found["eval"] = sample(module(hash_numbers(seed, STEPS, shape)))
            return found

        fixture.add("spectral_norm", kind, {"shape": shape}, make)


def add_weight_norms(fixture):
    for kind, maker, shape, axis in [
        ("Linear", lambda: nn.Linear(5, 3), [4, 5], 0),
        ("Conv2d", lambda: nn.Conv2d(3, 4, 3), [2, 3, 5, 5], None),
        ("ConvTranspose2d", lambda: nn.ConvTranspose2d(3, 4, 3), [2, 3, 4, 4], 1),
    ]:
        def make(seed):
            module = parametrizations.weight_norm(maker().double(), dim=axis)
            fill(module, seed)
            x = hash_numbers(seed, 0, shape).requires_grad_()
            y = module(x)
            gradients = torch.autograd.grad(y, [x, *module.parameters()], hash_numbers(seed, DY, y.shape))
            return {"y": sample(y), **{f"d{number}": sample(gradient) for number, gradient in enumerate(gradients)}}

        fixture.add("weight_norm", kind, {"shape": shape, "axis": axis}, make)


def add_losses(fixture):
    for name, shape, options in [
        ("the mean", [6, 5], {"reduction": "mean"}),
        ("the sum, with a weight for yes", [4, 3], {"reduction": "sum", "posWeight": True}),
        ("each, of large logits", [40], {"reduction": "none", "scale": 200.0}),
    ]:
        def make(seed):
            x = hash_numbers(seed, 0, shape, options.get("scale", 4.0)).requires_grad_()
            target = hash_numbers(seed, 1, shape, 0.5, 0.5)
            weight = hash_numbers(seed, 2, shape[-1:], 1.0, 2.0) if options.get("posWeight") else None
            y = F.binary_cross_entropy_with_logits(x, target, reduction=options["reduction"], pos_weight=weight)
            (dx,) = torch.autograd.grad(y, [x], hash_numbers(seed, DY, y.shape))
            return {"y": y.reshape(-1), "d0": dx}

        fixture.add("BCEWithLogits", name, {"shape": shape, **options}, make)


def add_interpolations(fixture):
    for name, shape, options in [
        ("nearest, doubled", [2, 3, 3, 4], {"scaleFactor": 2}),
        ("nearest, another size", [1, 2, 5, 7], {"size": [8, 3]}),
        ("nearest, a signal", [2, 3, 7], {"size": [11]}),
        ("bilinear, doubled", [2, 3, 4, 5], {"scaleFactor": 2, "mode": "bilinear"}),
        ("bilinear, a factor", [1, 2, 5, 5], {"scaleFactor": 1.7, "mode": "bilinear"}),
        ("bilinear, smaller, corners aligned", [1, 2, 7, 9], {"size": [4, 5], "mode": "bilinear", "alignCorners": True}),
    ]:
        def make(seed):
            names = {"scaleFactor": "scale_factor", "alignCorners": "align_corners"}
            x = hash_numbers(seed, 0, shape).requires_grad_()
            y = F.interpolate(x, **{names.get(key, key): value for key, value in options.items()})
            (dx,) = torch.autograd.grad(y, [x], hash_numbers(seed, DY, y.shape))
            return {"y": sample(y), "d0": sample(dx)}

        fixture.add("interpolate", name, {"shape": shape, "options": options}, make)


def main():
    be_deterministic()
    fixture = Fixture()
    add_norms(fixture, BATCH_NORMS)
    add_transposed(fixture)
    add_spectral_norms(fixture)
    add_losses(fixture)
    add_interpolations(fixture)
    add_norms(fixture, OTHER_NORMS)
    add_weight_norms(fixture)
    write_fixture("ganModules", fixture.tensors, {"steps": STEPS, "cases": fixture.cases})
    print(f"{len(fixture.cases)} cases")


main()
