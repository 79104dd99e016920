"""A DCGAN in plain PyTorch: twelve alternating steps of both networks.

ganTraining.json, ganTraining.safetensors: for each case, the losses of both networks at every step in float32 and float64,
    and the running statistics of batch norms after them.

A step is that of the usual loop: the discriminator learns from real pictures and from generated ones that are detached, each
in a pass of its own; then the generator learns from what the discriminator has become.
"""

import torch
import torch.nn.functional as F
from torch import nn

from common import be_deterministic, hash_integers, hash_numbers, write_fixture

TRAINING = {
    "seed": 1,
    "pictureSeed": 2,
    "latentSeed": 3,
    "labelSeed": 4,
    "batch": 8,
    "steps": 12,
    "lr": 1e-3,
    "betas": [0.5, 0.999],
    "realLabel": 0.9,
    "weightScale": 0.2,
    "gainScale": 0.05,
    "latentScale": 1.7,
    "cases": [
        {"name": "28", "size": 28, "latentSize": 8, "channels": [8, 4]},
        {"name": "32", "size": 32, "latentSize": 5, "channels": [6, 3]},
        {"name": "conditional", "size": 28, "latentSize": 8, "channels": [8, 4], "classes": 10},
    ],
}


class Generator(nn.Module):
    def __init__(self, case):
        super().__init__()
        deep, shallow = case["channels"]
        side = case["size"] // 4
        classes = case.get("classes")
        inputs = case["latentSize"] * (1 if classes is None else 2)
        self.main = nn.Sequential(
            nn.Linear(inputs, deep * side * side, bias=False),
            nn.Unflatten(1, (deep, side, side)),
            nn.BatchNorm2d(deep),
            nn.ReLU(),
            nn.ConvTranspose2d(deep, shallow, 4, 2, 1, bias=False),
            nn.BatchNorm2d(shallow),
            nn.ReLU(),
            nn.ConvTranspose2d(shallow, 1, 4, 2, 1),
            nn.Tanh(),
        )
        self.embedding = None if classes is None else nn.Embedding(classes, case["latentSize"])

    def forward(self, latents, labels):
        told = latents if self.embedding is None else torch.cat([latents, self.embedding(labels)], 1)
        return self.main(told)


class Discriminator(nn.Module):
    def __init__(self, case):
        super().__init__()
        deep, shallow = case["channels"]
        self.classes = case.get("classes")
        self.main = nn.Sequential(
            nn.Conv2d(1, shallow, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(shallow, deep, 4, 2, 1, bias=False),
            nn.BatchNorm2d(deep),
            nn.LeakyReLU(0.2),
            nn.Flatten(),
            nn.Linear(deep * (case["size"] // 4) ** 2, self.classes or 1),
        )

    def forward(self, pictures, labels):
        logits = self.main(pictures)
        return logits[:, 0] if self.classes is None else logits.gather(1, labels[:, None])[:, 0]


def fill(model, first):
    """Weights uniform, gains of norms near 1, biases 0; tensors are numbered from `first`."""
    for number, parameter in enumerate(model.parameters()):
        shape, seed = parameter.shape, TRAINING["seed"]
        if parameter.ndim >= 2:
            numbers = hash_numbers(seed, first + number, shape, TRAINING["weightScale"])
        else:
            numbers = torch.zeros(shape)
        with torch.no_grad():
            parameter.copy_(numbers)
    for name, module in model.named_modules():
        if isinstance(module, nn.BatchNorm2d):
            with torch.no_grad():
                gains = hash_numbers(TRAINING["seed"], first + 100 + int(name.split(".")[1]), module.weight.shape)
                module.weight.copy_(1 + TRAINING["gainScale"] * gains)


def train(case, dtype):
    generator, discriminator = Generator(case).to(dtype), Discriminator(case).to(dtype)
    fill(generator, 0)
    fill(discriminator, 1000)
    options = {"lr": TRAINING["lr"], "betas": tuple(TRAINING["betas"]), "foreach": False}
    generator_optimizer = torch.optim.Adam(generator.parameters(), **options)
    discriminator_optimizer = torch.optim.Adam(discriminator.parameters(), **options)
    batch, size = TRAINING["batch"], case["size"]
    losses = {"discriminator": [], "generator": []}

    def against(logits, label):
        return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, label))

    for step in range(TRAINING["steps"]):
        real = hash_numbers(TRAINING["pictureSeed"], step, (batch, 1, size, size)).to(dtype)
        latent_shape = (batch, case["latentSize"])
        latents = hash_numbers(TRAINING["latentSeed"], step, latent_shape, TRAINING["latentScale"]).to(dtype)
        labels = hash_integers(TRAINING["labelSeed"], step, (batch,), case.get("classes", 1))
        fake = generator(latents, labels)
        on_real = discriminator(real, labels)
        on_fake = discriminator(fake.detach(), labels)
        loss = against(on_real, TRAINING["realLabel"]) + against(on_fake, 0.0)
        discriminator_optimizer.zero_grad()
        loss.backward()
        discriminator_optimizer.step()
        losses["discriminator"].append(loss.item())
        loss = against(discriminator(fake, labels), 1.0)
        generator_optimizer.zero_grad()
        loss.backward()
        generator_optimizer.step()
        losses["generator"].append(loss.item())
    return generator, discriminator, losses


def make_case(case):
    generator, discriminator, losses = train(case, torch.float64)
    tensors, shapes = {}, {}
    for network, model in (("generator", generator), ("discriminator", discriminator)):
        shapes[network] = [{"name": name, "shape": list(value.shape)} for name, value in model.named_parameters()]
        for name, value in model.named_buffers():
            tensors[f"{case['name']}.{network}.{name}"] = value.double()
    rounded = train(case, torch.float32)
    worst = 0.0
    for network in losses:
        for exact, near in zip(losses[network], rounded[2][network]):
            worst = max(worst, abs(near / exact - 1))
    print(f"{case['name']}: losses in float32 off by up to {worst:.1e} of themselves; {losses}")
    return tensors, {**case, "losses": losses, "losses32": rounded[2], "parameters": shapes}


def main():
    be_deterministic()
    tensors, cases = {}, []
    for case in TRAINING["cases"]:
        more, facts = make_case(case)
        tensors |= more
        cases.append(facts)
    write_fixture("ganTraining", tensors, {**TRAINING, "cases": cases})


main()
