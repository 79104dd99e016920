"""Recurrent modules of torch.nn with their parameters' gradients, and twelve steps of an LSTM classifier, in float64.

recurrent.json, recurrent.safetensors: of case `seed` all results, `y0`, `y1`, …, and for upstream gradients from the hash the
    gradients of the input and of every parameter; of the classifier losses, and parameters after the last step.
"""

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from common import be_deterministic, hash_integers, hash_numbers, sample, write_fixture

# Tensor numbers of the hash: x is 0, upstream gradients start at DY, parameters at STATE.
DY, STATE = 50, 100
SCALE = 0.6


def fill(module, seed):
    module.double()
    with torch.no_grad():
        for number, parameter in enumerate(module.parameters()):
            parameter.copy_(hash_numbers(seed, STATE + number, parameter.shape, SCALE))


def sequences(module, x, lengths):
    """[output, hidden] or [output, hidden, cell]."""
    if lengths is None:
        output, ends = module(x)
    else:
        packed, ends = module(pack_padded_sequence(x, lengths, module.batch_first, enforce_sorted=False))
        output, _ = pad_packed_sequence(packed, module.batch_first, total_length=x.shape[1 if module.batch_first else 0])
    return [output, *(ends if isinstance(ends, tuple) else [ends])]


def two_steps(cell, x, _lengths):
    """Of a cell: from zeros through the first and the second half of x."""
    state = None
    for part in x.chunk(2):
        state = cell(part, state)
    return list(state) if isinstance(state, tuple) else [state]


MODULES = [
    ("LSTM", nn.LSTM, [3, 3, 2], 3, {"numLayers": 2, "bidirectional": True}, [2, 3, 1], sequences),
    ("GRU", nn.GRU, [2, 3, 4], 4, {"numLayers": 2, "batchFirst": True}, None, sequences),
    ("RNN", nn.RNN, [3, 2, 4], 4, {"bidirectional": True, "bias": False, "nonlinearity": "relu"}, None, sequences),
    ("LSTMCell", nn.LSTMCell, [4, 3], 4, {}, None, two_steps),
    ("GRUCell", nn.GRUCell, [4, 3], 4, {"bias": False}, None, two_steps),
    ("RNNCell", nn.RNNCell, [4, 3], 4, {}, None, two_steps),
]
THEIR_NAMES = {"numLayers": "num_layers", "batchFirst": "batch_first"}


def make_modules(tensors):
    cases = []
    for number, (name, maker, shape, width, options, lengths, run) in enumerate(MODULES):
        seed = number + 1
        module = maker(shape[-1], width, **{THEIR_NAMES.get(key, key): value for key, value in options.items()})
        fill(module, seed)
        x = hash_numbers(seed, 0, shape).requires_grad_()
        ys = run(module, x, lengths)
        names = [name for name, _ in module.named_parameters()]
        dys = [hash_numbers(seed, DY + index, y.shape) for index, y in enumerate(ys)]
        found = torch.autograd.grad(ys, [x, *module.parameters()], dys)
        tensors |= {f"{seed}.y{index}": y.detach().clone(memory_format=torch.contiguous_format) for index, y in enumerate(ys)}
        tensors |= {f"{seed}.d.{name}": value.contiguous() for name, value in zip(["x", *names], found)}
        facts = {"module": name, "seed": seed, "x": shape, "hiddenSize": width, "options": options, "parameters": names}
        cases.append(facts | ({"lengths": lengths} if lengths else {}))
    return cases


TRAINING = {"seed": 20, "steps": 12, "batch": 8, "length": 5, "inputSize": 4, "hiddenSize": 8, "classes": 3, "lr": 0.02}


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(TRAINING["inputSize"], TRAINING["hiddenSize"], batch_first=True)
        self.head = nn.Linear(TRAINING["hiddenSize"], TRAINING["classes"])

    def forward(self, x, lengths):
        return self.head(sequences(self.lstm, x, lengths)[1][-1])


def make_training(tensors):
    """Step s takes tensors 1000 + 3 s and the next two of the seed: classes, lengths less one, and noise around the class."""
    seed, batch, length = TRAINING["seed"], TRAINING["batch"], TRAINING["length"]
    model = Classifier()
    fill(model, seed)
    optimizer = torch.optim.Adam(model.parameters(), TRAINING["lr"], foreach=False)
    losses = []
    for step in range(TRAINING["steps"]):
        labels = hash_integers(seed, 1000 + 3 * step, (batch,), TRAINING["classes"])
        lengths = hash_integers(seed, 1001 + 3 * step, (batch,), length) + 1
        noise = hash_numbers(seed, 1002 + 3 * step, (batch, length, TRAINING["inputSize"]))
        loss = F.cross_entropy(model(noise + (labels - 1)[:, None, None], lengths), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    tensors |= {f"trained.{name}": sample(value) for name, value in model.named_parameters()}
    print(losses)
    return losses


def main():
    be_deterministic()
    tensors = {}
    cases = make_modules(tensors)
    losses = make_training(tensors)
    write_fixture("recurrent", tensors, {"scale": SCALE, "cases": cases, "training": {**TRAINING, "losses": losses}})


main()
