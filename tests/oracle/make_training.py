"""Twelve steps of training of three small networks, in float64: training.safetensors and training.json.

Losses of every step, and after the last one samples of all parameters and buffers.
"""

import torch
import torch.nn.functional as F
from torch import nn

from common import be_deterministic, hash_integers, hash_numbers, sample, write_fixture

STEPS, BATCHES = 12, 3
# Tensor numbers of the hash: batch b has 2 b and 2 b + 1, parameter i has STATE + i.
STATE = 100
VECTOR_SCALE = 0.1


class Block(nn.Module):
    """Two convolutions beside a way around them, which is one of 1 x 1 where the size changes."""

    def __init__(self, channels_in, channels_out, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels_out, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels_out)
        self.conv2 = nn.Conv2d(channels_out, channels_out, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels_out)
        self.around = nn.Conv2d(channels_in, channels_out, 1, stride) if stride > 1 else nn.Identity()

    def forward(self, x):
        y = F.relu(self.norm1(self.conv1(x)))
        return F.relu(self.norm2(self.conv2(y)) + self.around(x))


def perceptron():
    return nn.Sequential(nn.Linear(20, 32), nn.Tanh(), nn.Linear(32, 24), nn.ReLU(), nn.Linear(24, 5))


def lenet5():
    return nn.Sequential(
        *[nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)],
        *[nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)],
    )


def residual():
    stem = [nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU()]
    head = [nn.AvgPool2d(6), nn.Flatten(), nn.Linear(16, 10)]
    return nn.Sequential(*stem, Block(8, 8, 1), Block(8, 16, 2), *head)


def initial(name, shape, seed, number):
    """Matrices by the number of their inputs, biases small, the weights of norms about 1."""
    if len(shape) >= 2:
        return hash_numbers(seed, STATE + number, shape, (shape.numel() / shape[0]) ** -0.5)
    return hash_numbers(seed, STATE + number, shape, VECTOR_SCALE, 1.0 if name.endswith("weight") else 0.0)


def load(module, seed):
    for number, (name, parameter) in enumerate(module.named_parameters()):
        parameter.data = initial(name, parameter.shape, seed, number)


def train(module, optimizer, shape, classes, seed):
    losses = []
    for step in range(STEPS):
        number = 2 * (step % BATCHES)
        x = hash_numbers(seed, number, shape)
        labels = hash_integers(seed, number + 1, [shape[0]], classes)
        loss = F.cross_entropy(module(x), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def main():
    be_deterministic()
    cases, tensors = [], {}
    plans = [
        ("perceptron", perceptron, [16, 20], 5, "Adam", {"lr": 0.01}),
        ("lenet5", lenet5, [8, 1, 28, 28], 10, "SGD", {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
        ("residual", residual, [8, 3, 12, 12], 10, "RMSprop", {"lr": 0.001, "momentum": 0.9}),
    ]
    for seed, (name, make, shape, classes, optimizer, options) in enumerate(plans, 1):
        module = make().double()
        load(module, seed)
        losses = train(module, getattr(torch.optim, optimizer)(module.parameters(), **options), shape, classes, seed)
        state = {key: value for key, value in module.state_dict().items() if value.ndim > 0}
        for key, value in state.items():
            tensors[f"{name}/{key}"] = sample(value, 64)
        cases.append({"name": name, "seed": seed, "shape": shape, "classes": classes, "optimizer": optimizer, "losses": losses})
    write_fixture("training", tensors, {"steps": STEPS, "batches": BATCHES, "vectorScale": VECTOR_SCALE, "cases": cases})


if __name__ == "__main__":
    main()
