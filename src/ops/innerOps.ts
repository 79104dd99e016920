// Ops that gradient rules are made of, and parts of other ops: not public, but tested by themselves.

export { avgPool2dGradient, avgPool2dOf } from "./avgPool2d.ts";
export { batchNormInputGradient } from "./batchNormInputGradient.ts";
export { batchNormWeightGradient } from "./batchNormWeightGradient.ts";
export { contiguous } from "./contiguous.ts";
export { conv2dOf } from "./conv2d.ts";
export { conv2dInputGradient } from "./conv2dInputGradient.ts";
export { conv2dWeightAndBiasGradient, conv2dWeightGradient } from "./conv2dWeightGradient.ts";
export { crossEntropyGradient } from "./crossEntropy.ts";
export { ctcPaths } from "./ctcPaths.ts";
export { embeddingGradient } from "./embedding.ts";
export { gatherGradient } from "./gather.ts";
export { geluSlope } from "./gelu.ts";
export { gruStep, gruStepGradient } from "./gruStep.ts";
export { lstmStep, lstmStepGradient } from "./lstmStep.ts";
export { maxPool2dGather, maxPool2dGradient } from "./maxPool2d.ts";
export { normInputGradient } from "./normInputGradient.ts";
export { normWeightGradient } from "./normWeightGradient.ts";
export { overlapAdd } from "./overlapAdd.ts";
export { type PackedPart, partOf } from "./partOf.ts";
export { randomBits } from "./randomUniform.ts";
export { arrangeRows, sortedRows } from "./sortOrder.ts";
