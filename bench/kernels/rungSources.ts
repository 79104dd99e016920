// The text of each rung, as it is run.

import type { KernelName } from "./rung.ts";

const texts: Readonly<Record<string, string>> = import.meta.glob("./*/*.wgsl", {
  query: "?raw",
  import: "default",
  eager: true,
});

export function rungSource(kernel: KernelName, name: string): string {
  const text = texts[`./${kernel}/${name}.wgsl`];
  if (text === undefined) throw new Error(`${kernel}/${name}.wgsl: there is no such file.`);
  return text;
}
