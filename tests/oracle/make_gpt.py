"""A GPT-2 in plain PyTorch: twelve steps of training, and a small model as a file with its logits.

gptTraining.json, gptTraining.safetensors: losses and gradient norms of twelve AdamW steps in float32 and float64, and
    some elements of the parameters after them.
gptPlain.safetensors, gptPrefixed.safetensors: one model with GPT-2's names; the second with the prefix "transformer."
    the head, and the mask buffers that older files have. gptLogits.safetensors, gptLogits.json: its logits in float64.

`--compare` also runs the same weights through the GPT-2 of the package transformers.
"""

import sys

import torch
import torch.nn.functional as F
from torch import nn

from common import (
    be_deterministic,
    hash_integers,
    hash_numbers,
    sample,
    write_fixture,
    write_safetensors,
)


class Conv1D(nn.Module):
    """y = x weight + bias, with weight [inputs, outputs] as GPT-2 keeps it."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(inputs, outputs))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        return x @ self.weight + self.bias


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.c_attn = Conv1D(width, 3 * width)
        self.c_proj = Conv1D(width, width)

    def forward(self, x):
        batch, length, width = x.shape
        split = [part.view(batch, length, self.heads, -1).transpose(1, 2) for part in self.c_attn(x).split(width, 2)]
        q, k, v = split
        scores = (q @ k.transpose(-2, -1)) * q.shape[-1] ** -0.5
        future = torch.ones(length, length, dtype=torch.bool).triu(1)
        y = torch.softmax(scores.masked_fill(future, -torch.inf), -1) @ v
        return self.c_proj(y.transpose(1, 2).reshape(batch, length, width))


class Mlp(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.c_fc = Conv1D(width, 4 * width)
        self.c_proj = Conv1D(4 * width, width)

    def forward(self, x):
        return self.c_proj(F.gelu(self.c_fc(x), approximate="tanh"))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.ln_1 = nn.LayerNorm(width)
        self.attn = Attention(width, heads)
        self.ln_2 = nn.LayerNorm(width)
        self.mlp = Mlp(width)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class Gpt2(nn.Module):
    """Tokens [batch, length] to logits [batch, length, vocabulary]; the head shares wte.weight."""

    def __init__(self, shape):
        super().__init__()
        self.wte = nn.Embedding(shape["vocabularySize"], shape["width"])
        self.wpe = nn.Embedding(shape["context"], shape["width"])
        self.h = nn.ModuleList([Block(shape["width"], shape["heads"]) for _ in range(shape["layers"])])
        self.ln_f = nn.LayerNorm(shape["width"])

    def forward(self, tokens):
        x = self.wte(tokens) + self.wpe(torch.arange(tokens.shape[1]))
        for block in self.h:
            x = block(x)
        return self.ln_f(x) @ self.wte.weight.T


def new_weights(model, seed):
    """Weights as training starts with: matrices uniform with a deviation of 0.02, biases 0, norms 1 and 0."""
    for number, parameter in enumerate(model.parameters()):
        if parameter.ndim >= 2:
            fill(parameter, hash_numbers(seed, number, parameter.shape, WEIGHT_SCALE))


def random_weights(model, seed):
    """Weights of a model as it is after training: nothing is 0, and no norm is 1."""
    for number, (name, parameter) in enumerate(model.named_parameters()):
        numbers = hash_numbers(seed, number, parameter.shape, 0.25 if parameter.ndim >= 2 else 0.5)
        fill(parameter, numbers + 1 if "ln_" in name and name.endswith("weight") else numbers)


def fill(parameter, numbers):
    with torch.no_grad():
        parameter.copy_(numbers)


# 0.02 times the square root of 3, in four digits: the bound of a uniform distribution with that deviation.
WEIGHT_SCALE = 0.03464

TRAINING = {
    "seed": 1,
    "tokenSeed": 2,
    "model": {"vocabularySize": 65, "context": 64, "layers": 2, "heads": 4, "width": 64},
    "batch": 4,
    "steps": 12,
    "warmupSteps": 4,
    "lr": 3e-3,
    "betas": [0.9, 0.95],
    "eps": 1e-8,
    "weightDecay": 0.1,
    "maxGradNorm": 1.0,
    "weightScale": WEIGHT_SCALE,
}


def token_batch(step):
    """[batch, context + 1]: each token is about twice the one before, so that there is something to learn."""
    size, rows, columns = TRAINING["model"]["vocabularySize"], TRAINING["batch"], TRAINING["model"]["context"] + 1
    noise = hash_integers(TRAINING["tokenSeed"], step, (rows, columns), 4)
    tokens = torch.zeros(rows, columns, dtype=torch.long)
    previous = torch.arange(rows)
    for column in range(columns):
        previous = (2 * previous + noise[:, column]) % size
        tokens[:, column] = previous
    return tokens


def train(dtype):
    model = Gpt2(TRAINING["model"]).to(dtype)
    new_weights(model, TRAINING["seed"])
    parameters = list(model.parameters())
    decayed = [p for p in parameters if p.ndim >= 2]
    others = [p for p in parameters if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": TRAINING["weightDecay"]}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(
        groups, lr=TRAINING["lr"], betas=tuple(TRAINING["betas"]), eps=TRAINING["eps"], foreach=False
    )
    losses, norms = [], []
    for step in range(TRAINING["steps"]):
        for group in optimizer.param_groups:
            group["lr"] = TRAINING["lr"] * min(1.0, (step + 1) / TRAINING["warmupSteps"])
        tokens = token_batch(step)
        logits = model(tokens[:, :-1])
        loss = F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(parameters, TRAINING["maxGradNorm"], foreach=False)
        optimizer.step()
        losses.append(loss.item())
        norms.append(norm.item())
    return model, losses, norms


def make_training():
    exact, losses, norms = train(torch.float64)
    rounded, losses32, norms32 = train(torch.float32)
    tensors = {name: sample(value) for name, value in exact.named_parameters()}
    tensors |= {f"{name}.f32": sample(value).float() for name, value in rounded.named_parameters()}
    parameters = [{"name": name, "shape": list(value.shape)} for name, value in exact.named_parameters()]
    facts = {"losses": losses, "losses32": losses32, "gradientNorms": norms, "gradientNorms32": norms32}
    write_fixture("gptTraining", tensors, {**TRAINING, **facts, "parameters": parameters})
    for a, b in zip(losses, losses32):
        print(f"loss {a:.9f}, in float32 off by {b - a:+.1e}")
    for a, b in zip(norms, norms32):
        print(f"norm {a:.9f}, in float32 off by {b - a:+.1e}")
    for name, value in exact.named_parameters():
        print(f"{name}: in float32 off by up to {(dict(rounded.named_parameters())[name] - value).abs().max():.1e}")


FILE_MODEL = {"vocabularySize": 97, "context": 32, "layers": 4, "heads": 3, "width": 48}
FILE_SEED, PROMPT_SEED = 3, 4


def make_files():
    model = Gpt2(FILE_MODEL)
    random_weights(model, FILE_SEED)
    state = {name: value.detach().clone() for name, value in model.named_parameters()}
    write_safetensors("gptPlain", state, {"format": "pt"})
    write_safetensors("gptPrefixed", prefixed(state), {"format": "pt"})
    tokens = hash_integers(PROMPT_SEED, 0, (2, FILE_MODEL["context"]), FILE_MODEL["vocabularySize"])
    logits = model.double()(tokens).detach()
    write_fixture("gptLogits", {"logits": logits}, {"model": FILE_MODEL, "tokens": tokens.tolist()})
    if "--compare" in sys.argv:
        compare_with_transformers(state, tokens, logits)
    print(f"logits from {logits.min():.2f} to {logits.max():.2f}")


def prefixed(state):
    """The names of a whole language model: with the head, and with what every layer once had, a causal mask and its fill."""
    context = FILE_MODEL["context"]
    causal = torch.ones(context, context, dtype=torch.uint8).tril().view(1, 1, context, context)
    buffers = {}
    for layer in range(FILE_MODEL["layers"]):
        buffers[f"h.{layer}.attn.bias"] = causal.clone()
        buffers[f"h.{layer}.attn.masked_bias"] = torch.tensor(-1e4)
    named = {f"transformer.{name}": value for name, value in (state | buffers).items()}
    return named | {"lm_head.weight": state["wte.weight"].clone()}


def compare_with_transformers(state, tokens, logits):
    from transformers import GPT2Config, GPT2LMHeadModel

    shape = {"vocab_size": FILE_MODEL["vocabularySize"], "n_positions": FILE_MODEL["context"]}
    shape |= {"n_embd": FILE_MODEL["width"], "n_layer": FILE_MODEL["layers"], "n_head": FILE_MODEL["heads"]}
    theirs = GPT2LMHeadModel(GPT2Config(**shape, activation_function="gelu_new", attn_implementation="eager"))
    keys = theirs.load_state_dict({f"transformer.{name}": value for name, value in state.items()}, strict=False)
    assert keys.missing_keys == ["lm_head.weight"] and keys.unexpected_keys == [], keys
    theirs.tie_weights()
    with torch.no_grad():
        torch.testing.assert_close(theirs.double().eval()(tokens).logits, logits)
    print("transformers gives the same logits")


def main():
    be_deterministic()
    make_training()
    make_files()


main()
