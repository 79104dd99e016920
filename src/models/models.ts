// The list of whole networks.

export { Gpt } from "./gpt.ts";
export { GPT2_SIZES, type GptConfig, gptParameterCount, gptShapes } from "./gptConfig.ts";
export { type CacheSizes, KeyValueCache } from "./keyValueCache.ts";
export { lenet5 } from "./lenet5.ts";
export { type GenerateOptions, TextGenerator } from "./textGenerator.ts";
