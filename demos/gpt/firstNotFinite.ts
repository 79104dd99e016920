// Where numbers of a GPT first were none: its parameters, and a pass forward with all that its layers give looked at.

import {
  cast,
  compile,
  concat,
  isFinite as isFiniteNumber,
  mean,
  type models,
  type nn,
  reshape,
  saveState,
  sub,
  Tensor,
} from "../../src/index.ts";

interface Seen {
  readonly name: string;
  readonly value: Tensor;
}

/**
 * The name of what is first not finite: a parameter, else what a layer of `model` gives on the way to its loss, else the
 * loss; undefined where all is. tokens, targets: i32 [batch, tokens].
 */
export async function firstNotFinite(
  model: models.Gpt,
  tokens: Tensor,
  targets: Tensor,
): Promise<string | undefined> {
  for (const [name, { data }] of await saveState(model)) {
    if (!Array.from(data).every(Number.isFinite)) return name;
  }
  const names: string[] = [];
  const watched = compile(
    (read: Tensor, wanted: Tensor): Tensor => {
      const seen = seenInPass(model, read, wanted);
      names.push(...seen.map(({ name }) => name));
      return concat(seen.map(({ value }) => reshape(shareNotFinite(value), [1])));
    },
    { engine: tokens.engine },
  );
  try {
    const shares = await watched(tokens, targets).data();
    return names[shares.findIndex((share) => share > 0)];
  } finally {
    watched.dispose();
  }
}

/** All that layers give in one pass, in order, and the loss. */
function seenInPass(model: models.Gpt, tokens: Tensor, targets: Tensor): Seen[] {
  const seen: Seen[] = [];
  model.eval();
  const unhook = model.modules().flatMap((module) => hook(module, seen));
  try {
    seen.push({ name: "the loss", value: model.loss(tokens, targets) });
  } finally {
    for (const undo of unhook) undo();
  }
  return seen;
}

/** Has a layer with parameters of its own put what it gives into `seen`, until the function that comes back is called. */
function hook(module: nn.AnyModule, seen: Seen[]): (() => void)[] {
  const own = [...module.stateDict()].find(([name]) => name === "weight");
  if (own === undefined) return [];
  const name = (own[1].name ?? "").replace(/\.weight$/, "");
  const { forward } = module;
  const looking = (...inputs: never[]) => {
    const value = Reflect.apply(forward, module, inputs);
    if (value instanceof Tensor) seen.push({ name, value });
    return value;
  };
  Object.assign(module, { forward: looking });
  return [() => void Reflect.deleteProperty(module, "forward")];
}

function shareNotFinite(value: Tensor): Tensor {
  return sub(1, mean(cast(isFiniteNumber(value), "f32")));
}
