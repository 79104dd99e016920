"""Recurrent networks: cells, and whole sequences with layers, directions and lengths."""

import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from op_cases.case import Case, drawn, given, normalised

GATES = {"rnn": 1, "lstm": 4, "gru": 3}
STATES = {"rnn": ["hidden"], "lstm": ["hidden", "cell"], "gru": ["hidden"]}
NAMES = ["weightIh", "weightHh", "biasIh", "biasHh"]
THEIR_CELLS = {"rnn": torch.rnn_tanh_cell, "lstm": torch.lstm_cell, "gru": torch.gru_cell, "relu": torch.rnn_relu_cell}
THEIRS = {"rnn": torch.rnn_tanh, "lstm": torch.lstm, "gru": torch.gru, "relu": torch.rnn_relu}


def weights(kind, features, width, has_biases):
    gates = GATES[kind] * width
    vectors = [drawn(gates, scale=0.5)] * 2 if has_biases else []
    return [drawn(gates, features, scale=0.7), drawn(gates, width, scale=0.7), *vectors]


def cell(kind, name, batch, features, width, has_biases=True, nonlinearity=None, result=None, scale=1.0, **x):
    """One step. x: of the input."""
    count = len(STATES[kind])
    shape = [features, batch] if "permute" in x else [batch, features]
    inputs = [drawn(*shape, **x), *[drawn(batch, width, scale=scale)] * count, *weights(kind, features, width, has_biases)]
    refs = [f"${i}" for i in range(len(inputs))]
    state = dict(zip(STATES[kind], refs[1:])) if kind == "lstm" else refs[1]
    call = [refs[0], state, dict(zip(NAMES, refs[1 + count :]))]
    if nonlinearity:
        call.append({"nonlinearity": nonlinearity})

    def theirs(x, *rest):
        first = rest[:count] if kind == "lstm" else rest[0]
        made = THEIR_CELLS[nonlinearity or kind](x, first, *rest[count:])
        return made[STATES[kind].index(result)] if result else made

    return Case(f"{kind}Cell", name, inputs, theirs, normalised, call=call, result=result)


def network(kind, name, shape, width, layers=1, bidirectional=False, batch_first=False, lengths=None, has_first=True, has_biases=True, nonlinearity=None, result="output"):
    """Whole sequences. shape: of x."""
    directions = 2 if bidirectional else 1
    batch, steps = (shape[0], shape[1]) if batch_first else (shape[1], shape[0])
    count = len(STATES[kind]) if has_first else 0
    own = [
        weights(kind, shape[2] if layer == 0 else directions * width, width, has_biases)
        for layer in range(layers)
        for _ in range(directions)
    ]
    inputs = [drawn(*shape), *[drawn(layers * directions, batch, width)] * count, *[part for list in own for part in list]]
    refs = [f"${i}" for i in range(len(inputs))]
    size = len(own[0])
    lists = [refs[1 + count + i * size : 1 + count + (i + 1) * size] for i in range(len(own))]
    facts = {"bidirectional": bidirectional or None, "batchFirst": batch_first or None, "nonlinearity": nonlinearity}
    options = {**dict(zip(STATES[kind], refs[1 : 1 + count])), **{key: value for key, value in facts.items() if value}}
    if lengths:
        options["lengths"] = f"${len(inputs)}"
        inputs.append(given(lengths, dtype="i32"))
    call = [refs[0], [dict(zip(NAMES, list)) for list in lists], options]

    def theirs(x, *rest):
        first = list(rest[:count]) or [torch.zeros(layers * directions, batch, width, dtype=x.dtype)] * len(STATES[kind])
        first = tuple(first) if kind == "lstm" else first[0]
        parameters = list(rest[count : count + size * len(own)])
        function = THEIRS[nonlinearity or kind]
        if lengths is None:
            made = function(x, first, parameters, has_biases, layers, 0.0, False, bidirectional, batch_first)
        else:
            packed = pack_padded_sequence(x, lengths, batch_first, enforce_sorted=False)
            first = tuple(s[:, packed.sorted_indices] for s in first) if kind == "lstm" else first[:, packed.sorted_indices]
            made = function(packed.data, packed.batch_sizes, first, parameters, has_biases, layers, 0.0, False, bidirectional)
            data = type(packed)(made[0], packed.batch_sizes, packed.sorted_indices, packed.unsorted_indices)
            output, _ = pad_packed_sequence(data, batch_first, total_length=steps)
            made = (output, *[state[:, packed.unsorted_indices] for state in made[1:]])
        return made[["output", *STATES[kind]].index(result)]

    return Case(kind, name, inputs, theirs, normalised, call=call, result=result)


def cells(kind, result=None):
    return [
        cell(kind, "a batch", 3, 5, 4, result=result),
        cell(kind, "a transposed input, no biases", 2, 3, 5, has_biases=False, result=result, permute=[1, 0]),
        cell(kind, "nothing", 0, 3, 2, result=result),
    ]


def networks(kind):
    """Few and small: every one is many dispatches, each kind of them with a pipeline of its own."""
    return [
        network(kind, "both directions, lengths", [3, 2, 2], 3, bidirectional=True, lengths=[1, 3]),
        network(kind, "from zeros, what it ends with", [2, 2, 4], 4, layers=2, batch_first=True, has_first=False, result="hidden"),
        network(kind, "one step, without biases", [1, 2, 3], 4, has_biases=False),
    ]


CASES = [
    *cells("rnn"),
    cell("rnn", "relu", 3, 5, 4, nonlinearity="relu"),
    *cells("lstm", "hidden"),
    cell("lstm", "the cell, far from 0", 3, 5, 4, result="cell", scale=8.0),
    *cells("gru"),
    *networks("rnn"),
    network("rnn", "relu", [2, 2, 4], 4, batch_first=True, has_first=False, nonlinearity="relu"),
    *networks("lstm"),
    network("lstm", "what the cells end with", [2, 2, 4], 4, batch_first=True, has_first=False, result="cell"),
    *networks("gru"),
]
