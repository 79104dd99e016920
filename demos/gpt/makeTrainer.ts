// A run from what it begins with: its text, its checkpoint where there is one, its model.
//
// Decides: what is learned where a text is not there, and what is told then.

import { UsageError } from "../../src/index.ts";
import type { Made, MakeRequest } from "../_shell/hostRuns.ts";
import { GptTrainer } from "./gptTrainer.ts";
import { GptTraining } from "./gptTraining.ts";
import type { GptTypes } from "./pageTypes.ts";
import { type RunConfig, settingsFor } from "./runConfig.ts";
import type { GptState, NamedText, NamedWeights } from "./runFiles.ts";

/** What the visitor has given. */
export interface Material {
  /** Texts by fingerprint. What a saved run brings is added. */
  readonly texts: Map<string, NamedText>;
  /** To be begun with, where a run is from a file that is no run. */
  readonly weights: NamedWeights | undefined;
}

const loadingTexts = { tokenizer: "Learning byte pairs", pipelines: "Compiling GPU programs" } as const;

/** Makes what is trained, with every pipeline of a step. Throws UsageError where it cannot be. */
export async function makeTrainer(
  request: MakeRequest<GptTypes, GptState>,
  { texts, weights }: Material,
): Promise<Made<GptTypes, GptState>> {
  const { engine, from, saved, onLoading } = request;
  const { checkpoint, text: brought } = saved?.state ?? {};
  if (brought !== undefined) texts.set(brought.fingerprint, brought);
  const { config, notice } = saved === undefined ? withText(request, texts) : request;
  onLoading("Reading the text …");
  const own = config.text.kind === "file" ? texts.get(config.text.fingerprint) : undefined;
  const text = await textOf(config, own);
  const given = from === "file" && saved === undefined ? weights : undefined;
  const training = await GptTraining.create(engine, settingsFor(config, checkpoint?.config.settings), {
    text,
    tokenizer: checkpoint?.tokenizer,
    state: checkpoint?.state,
    onProgress: (stage, done, total) => onLoading(loadingTexts[stage], done, total),
  });
  try {
    if (given !== undefined) loadWeights(training, given);
    await training.prepare();
  } catch (error) {
    training.dispose();
    throw error;
  }
  const trainer = new GptTrainer({ training, config, characterCount: text.length, text: own });
  return { trainer, notice: given === undefined ? notice : `Began with the weights of ${given.name}.` };
}

/** The beginning with another text, where the one that is asked for is not there. */
function withText(
  { config, notice }: { readonly config: RunConfig; readonly notice: string },
  texts: ReadonlyMap<string, NamedText>,
): { readonly config: RunConfig; readonly notice: string } {
  const { text } = config;
  if (text.kind !== "file" || texts.has(text.fingerprint)) return { config, notice };
  return {
    config: { ...config, text: { kind: "corpus" } },
    notice: `Links carry no texts: drop “${text.name}” here to train on it. Until then it is this page’s own text.`,
  };
}

async function textOf({ text }: RunConfig, own: NamedText | undefined): Promise<string> {
  if (text.kind === "task") return "";
  if (text.kind === "corpus") return (await import("virtual:corpus")).corpus;
  if (own !== undefined) return own.text;
  throw new UsageError(`${text.name}: the text is not here any more; drop it once more.`);
}

function loadWeights({ model }: GptTraining, { tensors, name }: NamedWeights): void {
  try {
    model.loadStateDict(tensors);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const { layers, width, context, vocabularySize } = model.config;
    throw new UsageError(
      `${name}: it is of another model than this one of ${layers} layers, width ${width}, context ${context} and ` +
        `${vocabularySize} tokens. ${error.message.replace("loadStateDict: ", "It has ")}`,
    );
  }
}
