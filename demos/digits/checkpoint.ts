// Checkpoints: a run as files by name.
//
//   model.safetensors      the parameters, by PyTorch's names
//   training.safetensors   what the optimizer keeps
//   config.json            settings and step

import { FormatError, loadSafetensors, type saveState, writeSafetensors } from "../../src/index.ts";
import type { NamedFiles, SavedRun } from "../_shell/beginning.ts";
import {
  type CommonConfig,
  type ConfigKind,
  configBytes,
  parseConfigOf,
} from "../_shell/checkpointConfig.ts";
import type { DigitsTypes } from "./pageTypes.ts";
import { linkOf, type RunConfig, readLink } from "./runConfig.ts";

type SavedState = Awaited<ReturnType<typeof saveState>>;

/** Enough to go on as if training had not stopped. */
export interface DigitsState {
  readonly step: number;
  readonly model: SavedState;
  readonly optimizer: SavedState;
}

const FORMAT = "tilegrad-digits";
const VERSION = 1;

/** The weights as a file of their own. */
export function weightsFile({ model, step }: Pick<DigitsState, "model" | "step">): Uint8Array<ArrayBuffer> {
  const metadata = [
    ["format", "pt"],
    ["model", "LeNet-5"],
    ["step", String(step)],
  ] as const;
  return new Uint8Array(writeSafetensors(model, metadata));
}

/** The files of a run that stands at `state`. */
export function writeCheckpoint(config: RunConfig, state: DigitsState): Map<string, Uint8Array> {
  const { step, optimizer } = state;
  const about = { format: FORMAT, version: VERSION, step, settings: config };
  return new Map([
    ["model.safetensors", weightsFile(state)],
    ["training.safetensors", writeSafetensors(optimizer, [["step", String(step)]])],
    ["config.json", configBytes(about)],
  ]);
}

/** Reads `files`. Throws FormatError where one is missing, damaged, or of something else. */
export async function readCheckpoint(files: NamedFiles): Promise<SavedRun<DigitsTypes, DigitsState>> {
  const bytesOf = (name: string) => {
    const bytes = files.get(name);
    if (bytes !== undefined) return bytes;
    throw new FormatError(`${name}: the file is missing; a saved run of this page has it.`, 0);
  };
  const about = parseConfigOf(kind, bytesOf("config.json"));
  if (typeof about === "string") throw new FormatError(about, 0);
  const { settings: config, step } = about;
  const tensorsOf = async (name: string) => (await loadSafetensors(bytesOf(name), { name })).tensors;
  const model = await tensorsOf("model.safetensors");
  const optimizer = await tensorsOf("training.safetensors");
  return { config, step, state: { step, model, optimizer } };
}

const kind: ConfigKind<CommonConfig<RunConfig>> = {
  format: FORMAT,
  version: VERSION,
  // A link is read as strictly as settings have to be.
  hasAll({ settings }) {
    const link = readLink(linkOf(settings as RunConfig));
    return "wanted" in link && Object.keys(link.wanted).length === 5;
  },
};
