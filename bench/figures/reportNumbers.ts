// Numbers and names as the reports print them.

/** Three digits, without an exponent. */
export function short(value: number | undefined): string {
  return value === undefined ? "-" : String(Number(value.toPrecision(3)));
}

/** Three digits with their zeros, or all before the point: columns of these can be compared at a glance. */
export function three(value: number | undefined): string {
  if (value === undefined) return "-";
  if (value >= 100) return value.toFixed(0);
  if (value >= 10) return value.toFixed(1);
  if (value >= 1 || value === 0) return value.toFixed(2);
  return value >= 1e-6 ? value.toPrecision(3) : value.toExponential(1);
}

export function megabytes(bytes: number | undefined): string {
  return bytes === undefined ? "-" : (bytes / 1e6).toFixed(1);
}

/** Whole. */
export function percent(share: number | undefined): string {
  return share === undefined ? "-" : `${share < 0.1 ? (100 * share).toFixed(1) : (100 * share).toFixed(0)} %`;
}

/** What is wrong, and what there is no way to do, speaks for itself. */
export function failureText(failure: string): string {
  return /^(wrong|none)\b/.test(failure) ? failure : `failed: ${failure}`;
}

const engineTitles: Readonly<Record<string, string>> = {
  ours: "tilegrad",
  jax: "jax-js",
  tfjs: "TensorFlow.js",
  ort: "ONNX Runtime",
  raw: "raw WebGPU",
};

/** What its makers call it. */
export function engineTitle(engine: string): string {
  return engineTitles[engine] ?? engine;
}
