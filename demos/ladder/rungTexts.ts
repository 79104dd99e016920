// The shaders as texts for a reader: with their comments, which the built engine goes without.

import type { KernelName } from "../../bench/kernels/rung.ts";

const rungs: Readonly<Record<string, string>> = import.meta.glob("../../bench/kernels/*/*.wgsl", {
  query: "?url",
  import: "default",
  eager: true,
});

const engineShaders: Readonly<Record<string, string>> = import.meta.glob(
  [
    "../../shaders/matmul_*.wgsl",
    "../../shaders/conv2d_*.wgsl",
    "../../shaders/softmax_*.wgsl",
    "../../shaders/attention_forward_*.wgsl",
  ],
  { query: "?url", import: "default", eager: true },
);

export function fetchRung(kernel: KernelName, name: string): Promise<string> {
  return fetchText(rungs[`../../bench/kernels/${kernel}/${name}.wgsl`]);
}

/** Of the engine's kernels, those whose text can be shown. */
export function hasEngineShader(name: string): boolean {
  return `../../shaders/${name}.wgsl` in engineShaders;
}

export function fetchEngineShader(name: string): Promise<string> {
  return fetchText(engineShaders[`../../shaders/${name}.wgsl`]);
}

async function fetchText(address: string): Promise<string> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.text();
}
