// Trains and draws with a library that was built, in Node, and prints every number of it by its bits.
// Run by build.test.ts: `trainBuilt.ts <folder of the library> gpu|fallback`.

import { pathToFileURL } from "node:url";
import type * as Tilegrad from "../../src/index.ts";
import { openNodeGpu } from "../setup/nodeGpu.ts";

const [folder, profile] = process.argv.slice(2);
const library: typeof Tilegrad = await import(pathToFileURL(`${folder}/index.js`).href);
const { compile, crossEntropy, init, manualSeed, models, nn, optim, reshape, sampleToken, tensor } = library;

const gpu = await openNodeGpu("vulkan");
if (typeof gpu === "string") throw new Error(gpu);
await init({ gpu, profile: profile === "gpu" ? "gpu" : "fallback" });
manualSeed(5);

async function print(what: string, values: readonly Tilegrad.Tensor[]): Promise<void> {
  for (const value of values) {
    const data = Float32Array.from(await value.data());
    process.stdout.write(`${what} ${Buffer.from(data.buffer).toString("hex")}\n`);
  }
}

/** Three steps; prints each loss, then all parameters. */
async function train(
  what: string,
  model: Pick<Tilegrad.nn.Linear, "forward" | "parameters">,
  inputs: Tilegrad.Tensor,
  labels: Tilegrad.Tensor,
): Promise<void> {
  const optimizer = new optim.AdamW(model.parameters(), { lr: 1e-2 });
  const step = compile((x: Tilegrad.Tensor, y: Tilegrad.Tensor) => {
    const logits = model.forward(x);
    const loss = crossEntropy(reshape(logits, [y.shape[0], logits.shape[logits.shape.length - 1]]), y);
    optimizer.step(loss);
    return loss;
  });
  for (let i = 0; i < 3; i++) await print(`${what} loss`, [step(inputs, labels)]);
  await print(`${what} parameter`, model.parameters());
}

const wave = (count: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(1.7 * i + 0.3));
const tokens = (count: number) => Int32Array.from({ length: count }, (_, i) => (i * i + 3) % 11);

const images = new nn.Sequential(
  new nn.Conv2d(2, 9, 3, { padding: 1 }),
  new nn.BatchNorm2d(9),
  new nn.ReLU(),
  new nn.MaxPool2d(2),
  new nn.Conv2d(9, 12, 5, { padding: 2, stride: 2 }),
  new nn.GELU(),
  new nn.AvgPool2d(2),
  new nn.Flatten(),
  new nn.Dropout(0.25),
  new nn.Linear(12, 70),
  new nn.RMSNorm(70),
  new nn.Linear(70, 5),
);
await train("images", images, tensor(wave(3 * 2 * 12 * 12), [3, 2, 12, 12]), tensor(Int32Array.of(0, 3, 4)));

const gpt = new models.Gpt({
  vocabularySize: 11,
  context: 12,
  layers: 1,
  heads: 2,
  width: 24,
  dropout: 0.1,
});
const texts = [tokens(24), tokens(48).subarray(24)];
await train("text", gpt, tensor(texts[0], [2, 12], { dtype: "i32" }), tensor(texts[1]));

const logits = tensor(wave(4 * 300), [4, 300]);
await print("drawn", [sampleToken(logits, { topK: 40, topP: 0.9 }), sampleToken(logits)]);
const generator = new models.TextGenerator(gpt);
for await (const token of generator.generate([1, 2, 3], { maxTokens: 8 })) {
  process.stdout.write(`tokens ${token.join(" ")}\n`);
}
process.exit(0);
