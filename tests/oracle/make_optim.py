"""Twelve steps of every optimizer of torch.optim on given gradients, and fifty rates of every schedule: optim.*.

Parameter i starts as tensor i of `seed`; its gradient at step s = 1, 2, … is tensor 100 s + i times 10^-(s mod 3), as
if the loss were a sum of products. Stored of a case: all parameters one behind the other after each step, and each kind
of state after the last. Schedules begin at `baseLr`; what a plateau
watches at step s is element s of tensor 5000, plus 2. Float64 throughout.
"""

import torch
from torch.optim import lr_scheduler
from torch.optim.swa_utils import SWALR

from common import be_deterministic, hash_numbers, write_fixture

SEED = 31
STEPS = 12
SHAPES = [[3, 5], [4], [6, 2]]
RATES = 50
BASE_LR = 0.1


class Lion(torch.optim.Optimizer):
    """Algorithm 2 of Chen et al., "Symbolic Discovery of Optimization Algorithms" (2023); torch.optim has none."""

    def __init__(self, params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            first, second = group["betas"]
            for p in group["params"]:
                m = self.state[p].setdefault("exp_avg", torch.zeros_like(p))
                p -= group["lr"] * ((first * m + (1 - first) * p.grad).sign() + group["weight_decay"] * p)
                m.copy_(second * m + (1 - second) * p.grad)


class Muon:
    """torch.optim.Muon for matrices, without its rounding to bfloat16, and AdamW for the rest, as its authors do."""

    def __init__(self, params, lr=1e-3, adam_w_lr_factor=None, adjust_lr="original", **options):
        matrices = [p for p in params if p.ndim == 2]
        factor = adam_w_lr_factor if adam_w_lr_factor is not None else (0.015 if adjust_lr == "original" else 1)
        theirs = {"original": "original", "matchRmsAdamW": "match_rms_adamw"}[adjust_lr]
        self.muon = torch.optim.Muon(matrices, lr, adjust_lr_fn=theirs, **options)
        rest = [p for p in params if p.ndim != 2]
        decay = options.get("weight_decay", 0.1)
        self.rest = torch.optim.AdamW(rest, lr * factor, (0.9, 0.95), 1e-10, decay, foreach=False)
        self.state = self.muon.state

    def step(self):
        bfloat16, torch.Tensor.bfloat16 = torch.Tensor.bfloat16, torch.Tensor.clone
        self.muon.step()
        torch.Tensor.bfloat16 = bfloat16
        self.rest.step()


OPTIMIZERS = {"Lion": Lion, "Muon": Muon}

CASES = [
    ("SGD", "plain", {"lr": 0.1}),
    ("SGD", "nesterov and decay", {"lr": 0.05, "momentum": 0.8, "nesterov": True, "weightDecay": 0.01}),
    ("SGD", "dampening, maximized", {"lr": 0.1, "momentum": 0.9, "dampening": 0.25, "maximize": True}),
    ("Adam", "by default", {}),
    ("Adam", "amsgrad and decay", {"lr": 0.01, "betas": [0.8, 0.9], "weightDecay": 0.1, "amsgrad": True}),
    ("AdamW", "amsgrad, maximized", {"lr": 0.01, "betas": [0.8, 0.9], "amsgrad": True, "maximize": True}),
    ("RMSprop", "by default", {}),
    ("RMSprop", "centered, momentum and decay", {"alpha": 0.9, "centered": True, "momentum": 0.7, "weightDecay": 0.1}),
    ("Adagrad", "by default", {}),
    ("Adagrad", "all options", {"lrDecay": 0.1, "weightDecay": 0.1, "initialAccumulatorValue": 0.25, "eps": 1e-3}),
    ("Adadelta", "by default", {}),
    ("Adadelta", "all options", {"lr": 0.5, "rho": 0.8, "eps": 1e-3, "weightDecay": 0.1}),
    ("Adamax", "by default", {}),
    ("Adamax", "all options", {"lr": 0.01, "betas": [0.8, 0.9], "eps": 1e-3, "weightDecay": 0.1, "maximize": True}),
    ("NAdam", "by default", {}),
    ("NAdam", "with decay", {"betas": [0.8, 0.9], "weightDecay": 0.1, "momentumDecay": 0.05}),
    ("NAdam", "decoupled decay", {"lr": 0.01, "weightDecay": 0.1, "decoupledWeightDecay": True}),
    ("RAdam", "by default", {"lr": 0.01}),
    ("RAdam", "with decay", {"lr": 0.01, "betas": [0.8, 0.9], "weightDecay": 0.1}),
    ("RAdam", "decoupled decay, never rectified", {"betas": [0.8, 0.5], "weightDecay": 0.1, "decoupledWeightDecay": True}),
    ("Lion", "by default", {}),
    ("Lion", "with decay", {"lr": 0.01, "betas": [0.8, 0.95], "weightDecay": 0.1}),
    ("Muon", "by default", {"lr": 0.02}),
    ("Muon", "all options", {"lr": 0.01, "momentum": 0.8, "nesterov": False, "weightDecay": 0.3, "nsSteps": 3, "adjustLr": "matchRmsAdamW"}),
    ("Rprop", "by default", {}),
    ("Rprop", "all options", {"lr": 0.1, "etas": [0.25, 1.5], "stepSizes": [0.02, 0.2], "maximize": True}),
]


# The name of ours, positional arguments, options, and how PyTorch says it.
SCHEDULES = [
    ("ConstantLR", [], {}, lambda o: lr_scheduler.ConstantLR(o)),
    ("ConstantLR", [], {"factor": 0.5, "totalSteps": 20}, lambda o: lr_scheduler.ConstantLR(o, 0.5, 20)),
    ("StepLR", [7], {"gamma": 0.6}, lambda o: lr_scheduler.StepLR(o, 7, 0.6)),
    ("MultiStepLR", [[3, 11, 40]], {}, lambda o: lr_scheduler.MultiStepLR(o, [3, 11, 40])),
    ("ExponentialLR", [0.93], {}, lambda o: lr_scheduler.ExponentialLR(o, 0.93)),
    ("LinearLR", [], {}, lambda o: lr_scheduler.LinearLR(o)),
    ("LinearLR", [], {"startFactor": 1, "endFactor": 0.1, "totalSteps": 30}, lambda o: lr_scheduler.LinearLR(o, 1, 0.1, 30)),
    ("PolynomialLR", [], {}, lambda o: lr_scheduler.PolynomialLR(o)),
    ("PolynomialLR", [], {"totalSteps": 40, "power": 2.5}, lambda o: lr_scheduler.PolynomialLR(o, 40, 2.5)),
    ("CosineAnnealingLR", [60], {"etaMin": 0.01}, lambda o: lr_scheduler.CosineAnnealingLR(o, 60, 0.01)),
    ("CosineAnnealingWarmRestarts", [9], {}, lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 9)),
    (
        "CosineAnnealingWarmRestarts",
        [5],
        {"periodFactor": 2, "etaMin": 0.01},
        lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 5, 2, 0.01),
    ),
    ("CyclicLR", [0.01, 0.3], {"stepSizeUp": 6}, lambda o: lr_scheduler.CyclicLR(o, 0.01, 0.3, 6, cycle_momentum=False)),
    (
        "CyclicLR",
        [0.01, 0.3],
        {"stepSizeUp": 4, "stepSizeDown": 9, "mode": "triangular2"},
        lambda o: lr_scheduler.CyclicLR(o, 0.01, 0.3, 4, 9, "triangular2", cycle_momentum=False),
    ),
    (
        "CyclicLR",
        [0.01, 0.3],
        {"stepSizeUp": 5, "mode": "exp_range", "gamma": 0.97},
        lambda o: lr_scheduler.CyclicLR(o, 0.01, 0.3, 5, None, "exp_range", 0.97, cycle_momentum=False),
    ),
    ("OneCycleLR", [0.5, 51], {}, lambda o: lr_scheduler.OneCycleLR(o, 0.5, 51, cycle_momentum=False)),
    (
        "OneCycleLR",
        [0.5, 51],
        {"riseFraction": 0.25, "divFactor": 10, "finalDivFactor": 100, "annealStrategy": "linear", "threePhase": True},
        lambda o: lr_scheduler.OneCycleLR(
            o,
            0.5,
            51,
            pct_start=0.25,
            anneal_strategy="linear",
            div_factor=10,
            final_div_factor=100,
            three_phase=True,
            cycle_momentum=False,
        ),
    ),
    ("SWALR", [0.02], {}, lambda o: SWALR(o, 0.02)),
    ("SWALR", [0.2], {"annealSteps": 33, "annealStrategy": "linear"}, lambda o: SWALR(o, 0.2, 33, "linear")),
    ("SWALR", [0.2], {"annealSteps": 0}, lambda o: SWALR(o, 0.2, 0)),
]

PLATEAUS = [
    ({"patience": 2}, {"patience": 2}),
    (
        {"mode": "max", "factor": 0.5, "patience": 1, "threshold": 0.05, "thresholdMode": "abs", "cooldown": 3},
        {"mode": "max", "factor": 0.5, "patience": 1, "threshold": 0.05, "threshold_mode": "abs", "cooldown": 3},
    ),
    (
        {"factor": 0.3, "patience": 3, "threshold": 0.01, "minLr": 0.02},
        {"factor": 0.3, "patience": 3, "threshold": 0.01, "min_lr": 0.02},
    ),
]


def snake(name):
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def run(kind, options):
    """The trajectory [steps, elements] and the state of one case."""
    parameters = [hash_numbers(SEED, i, shape).requires_grad_() for i, shape in enumerate(SHAPES)]
    make = OPTIMIZERS.get(kind) or getattr(torch.optim, kind)
    optimizer = make(parameters, **{snake(name): value for name, value in options.items()})
    trajectory = []
    for step in range(1, STEPS + 1):
        for i, p in enumerate(parameters):
            p.grad = hash_numbers(SEED, 100 * step + i, p.shape, 10.0 ** -(step % 3))
        optimizer.step()
        trajectory.append(torch.cat([p.detach().reshape(-1) for p in parameters]))
    states = [optimizer.state.get(p, {}) for p in parameters]
    names = [name for name, value in states[0].items() if torch.is_tensor(value) and value.shape == parameters[0].shape]
    state = {name: torch.cat([entry[name].reshape(-1) for entry in states if name in entry]) for name in names}
    return torch.stack(trajectory), state


def rates_of(make, arguments):
    """The rates at steps 0 to RATES; `arguments` gives those of each step."""
    optimizer = torch.optim.SGD([torch.zeros(1)], BASE_LR)
    scheduler = make(optimizer)
    rates = [optimizer.param_groups[0]["lr"]]
    for step in range(RATES):
        optimizer.step()
        scheduler.step(*arguments(step))
        rates.append(optimizer.param_groups[0]["lr"])
    return rates


def schedules():
    """Tensors and facts of all schedules."""
    tensors, facts = {}, []
    for number, (name, positional, options, make) in enumerate(SCHEDULES):
        tensors[f"schedule {number}"] = torch.tensor(rates_of(make, lambda _: ()))
        facts.append({"name": name, "arguments": positional, "options": options})
    plateaus = []
    metrics = hash_numbers(SEED, 5000, [RATES])
    for number, (options, theirs) in enumerate(PLATEAUS):
        make = lambda o, theirs=theirs: lr_scheduler.ReduceLROnPlateau(o, **theirs)
        tensors[f"plateau {number}"] = torch.tensor(rates_of(make, lambda step: (metrics[step].item() + 2,)))
        plateaus.append({"options": options})
    return tensors, {"baseLr": BASE_LR, "rates": RATES, "schedules": facts, "plateaus": plateaus}


def main():
    be_deterministic()
    torch.set_default_dtype(torch.float64)
    tensors, cases = {}, []
    for number, (kind, name, options) in enumerate(CASES):
        trajectory, state = run(kind, options)
        tensors[f"{number}.p"] = trajectory
        for key, value in state.items():
            tensors[f"{number}.{key}"] = value
        cases.append({"optimizer": kind, "name": name, "options": options, "state": list(state)})
    rates, facts = schedules()
    facts = {"seed": SEED, "steps": STEPS, "shapes": SHAPES, "cases": cases, **facts}
    write_fixture("optim", {**tensors, **rates}, facts)
    print(f"{len(cases)} optimizers, {len(rates)} schedules")


main()
