"""What the fixture scripts share: numbers from a hash, samples of large results, and files that come out the same.

Inputs are not stored. Both sides make them from (seed, tensor number, element): here and in hashNumbers.ts.
"""

import json
import math
import re
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

FOLDER = Path(__file__).parent
SAMPLES = 256
GOLDEN = 0x9E3779B9
LINE_WIDTH = 110


def mix(x):
    """A bijection of 32-bit numbers in which every bit of x moves half of the others."""
    x = np.asarray(x, dtype=np.uint64) & 0xFFFFFFFF
    x = ((x ^ (x >> 16)) * 0x21F0AAAD) & 0xFFFFFFFF
    x = ((x ^ (x >> 15)) * 0x735A2D97) & 0xFFFFFFFF
    return x ^ (x >> 15)


def hash_bits(seed, tensor, count):
    """`count` numbers of 32 bits: those of tensor number `tensor` under `seed`."""
    key = int(mix(int(mix(seed + GOLDEN)) + tensor))
    return mix(key + np.arange(count, dtype=np.uint64) * GOLDEN)


def hash_numbers(seed, tensor, shape, scale=1.0, offset=0.0):
    """Multiples of 2^-20 from [-1, 1), times `scale`, plus `offset`, rounded to f32. As float64, which holds every f32."""
    whole = (hash_bits(seed, tensor, math.prod(shape)) >> np.uint64(11)).astype(np.float64) - 2.0**20
    numbers = (scale * (whole * 2.0**-20) + offset).astype(np.float32)
    return torch.from_numpy(numbers.astype(np.float64)).reshape(tuple(shape))


def hash_integers(seed, tensor, shape, bound):
    """Whole numbers from 0 and below `bound`."""
    bits = hash_bits(seed, tensor, math.prod(shape)) % np.uint64(bound)
    return torch.from_numpy(bits.astype(np.int64)).reshape(tuple(shape))


def sample_places(count, samples=SAMPLES):
    """Which elements of a result are stored: all of a small one, else one of each of `samples` equal stretches."""
    if count <= samples:
        return np.arange(count, dtype=np.int64)
    starts = np.arange(samples + 1, dtype=np.int64) * count // samples
    lengths = np.diff(starts)
    places = starts[:-1] + hash_bits(count, 0, samples).astype(np.int64) % lengths
    places[0], places[-1] = 0, count - 1  # the corners, where tiles end
    return places


def sample(values, samples=SAMPLES):
    """The stored elements of a tensor, as float64."""
    flat = values.detach().double().reshape(-1)
    return flat[torch.from_numpy(sample_places(flat.numel(), samples))].clone()


def be_deterministic():
    """One thread and fixed algorithms: the order of every sum is the same in each run."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)


def write_fixture(name, tensors, facts):
    """Writes name.safetensors and name.json; the latter says which PyTorch made both."""
    write_safetensors(name, tensors, {"torch": torch.__version__})
    write_json(name, facts)


def write_safetensors(name, tensors, metadata):
    """One entry of metadata at most: the library writes several in any order."""
    path = FOLDER / f"{name}.safetensors"
    save_file(tensors, path, metadata)
    path.chmod(0o644)


def write_json(name, facts):
    text = layout({"torch": torch.__version__, **facts}, 0, 0, 0)
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def layout(value, indent, used, after):
    """JSON as the project's formatter lays it out: on one line where `used` + text + `after` characters fit."""
    text = inline(value)
    if not isinstance(value, (dict, list)) or not value:
        return text
    if indent > 0 and used + len(text) + after <= LINE_WIDTH:
        return text
    inner = " " * (indent + 2)
    is_dict = isinstance(value, dict)
    if not is_dict and all(isinstance(item, (int, float)) for item in value):
        return "[\n" + fill([inline(item) for item in value], inner) + "\n" + " " * indent + "]"
    starts = [f"{json.dumps(key)}: " for key in value] if is_dict else [""] * len(value)
    items = list(value.values()) if is_dict else value
    lines = []
    for position, (start, item) in enumerate(zip(starts, items)):
        comma = 0 if position == len(items) - 1 else 1
        lines.append(inner + start + layout(item, indent + 2, indent + 2 + len(start), comma))
    opening, closing = "{}" if is_dict else "[]"
    return opening + "\n" + ",\n".join(lines) + "\n" + " " * indent + closing


def inline(value):
    if isinstance(value, dict) and value:
        return "{ " + ", ".join(f"{json.dumps(key)}: {inline(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(inline(item) for item in value) + "]"
    if isinstance(value, float):
        return re.sub(r"e([+-])0*", lambda found: "e" + found[1].strip("+"), repr(value))
    return json.dumps(value)


def fill(items, inner):
    """As many numbers on each line as fit."""
    lines, line = [], inner
    for position, item in enumerate(items):
        piece = item + ("," if position < len(items) - 1 else "")
        if line != inner and len(line) + 1 + len(piece) > LINE_WIDTH:
            lines.append(line)
            line = inner
        line += piece if line == inner else " " + piece
    return "\n".join([*lines, line])
