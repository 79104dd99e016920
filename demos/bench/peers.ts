// The engines of others that a visitor may ask for.

import type { EngineName } from "../../bench/report.ts";
import manifest from "../../package.json";

export interface Peer {
  readonly engine: "jax" | "tfjs";
  /** What is loaded where it is asked for, gz; tests weigh it. */
  readonly kilobytes: number;
}

export const peers: readonly Peer[] = [
  { engine: "jax", kilobytes: 104 },
  { engine: "tfjs", kilobytes: 135 },
];

/** As package.json asks for it, which is exact. */
export function versionOf(engine: EngineName): string {
  const { version, devDependencies } = manifest;
  if (engine === "jax") return devDependencies["@jax-js/jax"];
  return engine === "tfjs" ? devDependencies["@tensorflow/tfjs-core"] : version;
}
