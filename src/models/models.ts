// The list of whole networks.

export {
  DcganDiscriminator,
  type DcganDiscriminatorOptions,
  DcganGenerator,
  type DcganOptions,
} from "./dcgan.ts";
export { GAN_MLP_ACTIVATIONS, GanMlp, type GanMlpActivation, type GanMlpOptions } from "./ganMlp.ts";
export { Gpt } from "./gpt.ts";
export { GPT2_SIZES, type GptConfig, gptParameterCount, gptShapes } from "./gptConfig.ts";
export { type CacheSizes, KeyValueCache } from "./keyValueCache.ts";
export { lenet5 } from "./lenet5.ts";
export { type GenerateOptions, TextGenerator } from "./textGenerator.ts";
