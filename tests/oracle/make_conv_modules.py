"""Convolution layers and Fold, in float64: convModules.safetensors and convModules.json."""

import torch
from torch import nn

from common import be_deterministic, hash_numbers, sample, write_fixture

# Tensor numbers of the hash: x is 0, the upstream gradient DY, parameters STATE + i.
DY, STATE = 50, 100
NAMES = {"paddingMode": "padding_mode", "outputPadding": "output_padding"}
CASES = [
    ("Conv1d", [2, 3, 7], [3, 4, 3], {"stride": 2, "padding": 2, "paddingMode": "circular"}),
    ("Conv1d", [1, 2, 6], [2, 4, 4], {"padding": "same", "paddingMode": "reflect"}),
    ("Conv2d", [2, 4, 3, 4], [4, 4, 3], {"padding": [1, 2], "groups": 2, "paddingMode": "replicate"}),
    ("Conv2d", [1, 2, 4, 5], [2, 3, [2, 3]], {"padding": "same", "bias": False}),
    ("Conv3d", [1, 2, 3, 4, 3], [2, 2, [2, 3, 3]], {"padding": 1, "paddingMode": "reflect"}),
    ("ConvTranspose1d", [2, 2, 4], [2, 4, 3], {"stride": 2, "padding": 1, "outputPadding": 1, "groups": 2}),
    ("ConvTranspose3d", [1, 2, 2, 3, 2], [2, 2, [2, 3, 3]], {"stride": [2, 1, 1], "bias": False}),
    ("Unfold", [1, 2, 3, 4], [[2, 3]], {"padding": 1}),
    ("Fold", [1, 12, 6], [[3, 4], [2, 3]], {"dilation": 2, "padding": [1, 2], "stride": [1, 2]}),
]


def main():
    be_deterministic()
    tensors, cases = {}, []
    for seed, (kind, shape, sizes, options) in enumerate(CASES, 1):
        module = getattr(nn, kind)(*sizes, **{NAMES.get(key, key): value for key, value in options.items()}).double()
        with torch.no_grad():
            for number, parameter in enumerate(module.parameters()):
                parameter.copy_(hash_numbers(seed, STATE + number, parameter.shape, 0.5))
        x = hash_numbers(seed, 0, shape).requires_grad_()
        y = module(x)
        found = torch.autograd.grad(y, [x, *module.parameters()], hash_numbers(seed, DY, y.shape))
        tensors[f"{seed}.y"] = sample(y.detach())
        tensors |= {f"{seed}.d{number}": sample(gradient) for number, gradient in enumerate(found)}
        state = {name: list(value.shape) for name, value in module.state_dict().items()}
        cases.append({"module": kind, "seed": seed, "shape": shape, "sizes": sizes, "options": options, "state": state})
    write_fixture("convModules", tensors, {"cases": cases})
    print(f"{len(cases)} cases")


main()
