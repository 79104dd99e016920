// `npm run train -- gan`: a GAN, of the kind that is asked for.

import { gan2dUsage } from "./gan2dOptions.ts";
import { dcganUsage } from "./ganOptions.ts";
import { runDcgan } from "./runDcgan.ts";
import { runGan2d } from "./runGan2d.ts";

interface Kind {
  readonly run: (args: readonly string[]) => Promise<void>;
  readonly usage: string;
}

const kinds: ReadonlyMap<string, Kind> = new Map([
  ["dcgan", { run: runDcgan, usage: dcganUsage }],
  ["gan2d", { run: runGan2d, usage: gan2dUsage }],
]);
const DEFAULT_KIND = "dcgan";

export const ganUsage = `Usage: npm run train -- gan [--kind ${[...kinds.keys()].join("|")}] [options]

Trains a generator and a discriminator against each other with WebGPU in a headless browser (default ${DEFAULT_KIND}).

${[...kinds.values()].map(({ usage }) => usage).join("\n\n")}

  --help          this text

TILEGRAD_ADAPTER=hardware|software chooses the adapter, PUPPETEER_EXECUTABLE_PATH the browser.`;

/** Runs the kind that `args` name; the other arguments are its own. Throws an error of one line. */
export async function runGan(args: readonly string[]): Promise<void> {
  const { name, rest } = kindIn(args);
  const kind = kinds.get(name);
  if (kind === undefined)
    throw new Error(`--kind is "${name}"; it must be one of ${[...kinds.keys()].join(", ")}.`);
  await kind.run(rest);
}

function kindIn(args: readonly string[]): { name: string; rest: readonly string[] } {
  const at = args.findIndex((argument) => argument === "--kind" || argument.startsWith("--kind="));
  if (at < 0) return { name: DEFAULT_KIND, rest: args };
  const isAttached = args[at] !== "--kind";
  const name = isAttached ? args[at].slice("--kind=".length) : args[at + 1];
  if (name === undefined || name === "" || name.startsWith("--")) {
    throw new Error("--kind has no value; --help lists the options.");
  }
  const rest = args.filter((_, index) => index !== at && (isAttached || index !== at + 1));
  if (rest.some((argument) => argument === "--kind" || argument.startsWith("--kind="))) {
    throw new Error("--kind is given twice; once is enough.");
  }
  return { name, rest };
}
