// ONNX Runtime Web's half of the cases: it has no training and no gradients, so only ops and networks forward, each as a
// model of its own whose inputs and results stay on the device. What it would do on the CPU it does not do at all.

import * as ort from "onnxruntime-web/webgpu";
import { convolutionShapes } from "../cases/convolutionCases.ts";
import type { CaseInput, OpName, OpWork, WorkOf } from "../cases/opCase.ts";
import { noWay } from "../noWay.ts";
import type { BenchEngine, Workload } from "../workload.ts";
import { type OnnxConstant, type OnnxNode, onnxModel } from "./onnxModel.ts";
import {
  attentionModel,
  decodeModel,
  gptModel,
  lenetModel,
  type OnnxNetwork,
  resnetModel,
} from "./ortNetworks.ts";

type Shape = readonly number[];

type Maker<N extends OpName> = (work: WorkOf<N>, shapes: readonly Shape[]) => OnnxNetwork;

const makers: { readonly [N in OpName]: Maker<N> } = {
  matmul({ transposeA, transposeB }, [a, b]) {
    const m = a[a.length - (transposeA ? 1 : 2)];
    const n = b[b.length - (transposeB ? 2 : 1)];
    const attributes = { transA: Number(transposeA), transB: Number(transposeB) };
    const node = transposeA || transposeB ? one("Gemm", 2, attributes) : one("MatMul", 2);
    return { nodes: [node], shape: [...a.slice(0, -2), m, n] };
  },
  convolution(work) {
    if (work.direction !== "forward") return noGradients();
    const { isTransposed, stride, padding, groups } = work;
    const attributes = {
      strides: [stride, stride],
      pads: [padding, padding, padding, padding],
      group: groups,
    };
    const node = one(isTransposed ? "ConvTranspose" : "Conv", 2, attributes);
    return { nodes: [node], shape: convolutionShapes(work).y };
  },
  pool({ kind, size, isBackward }, [[batch, channels, height, width]]) {
    if (isBackward) return noGradients();
    const attributes = { kernel_shape: [size, size], strides: [size, size] };
    const node = one(kind === "max" ? "MaxPool" : "AveragePool", 1, attributes);
    return { nodes: [node], shape: [batch, channels, height / size, width / size] };
  },
  softmax: ({ isBackward }, [shape]) =>
    isBackward ? noGradients() : { nodes: [one("Softmax", 1, { axis: -1 })], shape },
  layerNorm: ({ eps, isBackward }, [shape]) =>
    isBackward ? noGradients() : { nodes: [one("LayerNormalization", 3, { axis: -1, epsilon: eps })], shape },
  batchNorm: () => noWay("it has no batch norm by the batch's own moments."),
  crossEntropy: () => noWay("it has no losses."),
  chain: (_, [shape]) => ({
    nodes: [
      { op: "Mul", inputs: ["i0", "i1"], outputs: ["product"] },
      { op: "Add", inputs: ["product", "i2"], outputs: ["sum"] },
      { op: "Gelu", inputs: ["sum"], outputs: ["y"], attributes: { approximate: "tanh" } },
    ],
    shape,
  }),
  broadcastAdd: (_, [shape]) => ({ nodes: [one("Add", 2)], shape }),
  transpose: (_, [[rows, cols]]) => ({ nodes: [one("Transpose", 1, { perm: [1, 0] })], shape: [cols, rows] }),
  copy: (_, [shape]) => ({ nodes: [one("Neg", 1)], shape }),
  sum({ axis }, [shape]) {
    const node = { op: "ReduceSum", inputs: ["i0", "axes"], outputs: ["y"], attributes: { keepdims: 0 } };
    return {
      nodes: [node],
      integers: { axes: axis === undefined ? [0, 1] : [axis] },
      shape: axis === undefined ? [] : [shape[1 - axis]],
    };
  },
  embeddingGradient: () => noGradients(),
  adam: () => noWay("it has no optimizers."),
  attention: ({ isBackward }, [shape]) => (isBackward ? noGradients() : attentionModel(shape)),
  inferLenet: lenetModel,
  inferResnet: resnetModel,
  inferGpt: gptModel,
  decodeGpt: decodeModel,
  floor: () => noWay("floors are of WebGPU alone."),
};

function noGradients(): never {
  return noWay("it has no gradients.");
}

/** The model's only node. */
function one(op: string, inputs: number, attributes?: OnnxNode["attributes"]): OnnxNode {
  const names = Array.from({ length: inputs }, (_, index) => `i${index}`);
  return { op, inputs: names, outputs: ["y"], attributes };
}

export async function openEngine(): Promise<BenchEngine> {
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  const noTraining = () => noWay("it has no training.");
  const train = {
    lenet: noTraining,
    mlp: noTraining,
    resnet: noTraining,
    gpt: noTraining,
    dcgan: noTraining,
  };
  return { train, op };
}

async function op(work: OpWork, inputs: readonly CaseInput[]): Promise<Workload> {
  const make = makers[work.op] as Maker<OpName>;
  const {
    nodes,
    shape,
    integers,
    weights = 0,
    constants = [],
  } = make(
    work,
    inputs.map((input) => input.shape),
  );
  const named = inputs.map((input, index) => ({ ...input, name: `i${index}` }));
  const fed = named.slice(weights);
  const model = onnxModel({
    inputs: fed.map(({ name, shape: given, values }) => {
      return { name, shape: given, dtype: values instanceof Int32Array ? "i32" : "f32" };
    }),
    outputs: [{ name: "y", shape }],
    ...{ nodes, integers },
    constants: [...named.slice(0, weights).map(requireFloats), ...constants],
  });
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ["webgpu"],
    preferredOutputLocation: "gpu-buffer",
    extra: { session: { disable_cpu_ep_fallback: "1" } },
  });
  const device: GPUDevice = await ort.env.webgpu.device;
  const feeds = Object.fromEntries(fed.map((input) => [input.name, onDevice(device, input)]));
  const workload = sessionWorkload(session, feeds, device);
  return work.op === "decodeGpt" ? { ...workload, note: "its cache is a concatenation" } : workload;
}

function requireFloats({ name, shape, values }: CaseInput & { readonly name: string }): OnnxConstant {
  if (values instanceof Float32Array) return { name, shape, values };
  throw new Error(`weight ${name} is not of floats.`);
}

/** Runs are promises, and one begins when the one before has ended. */
function sessionWorkload(
  session: ort.InferenceSession,
  feeds: ort.InferenceSession.FeedsType,
  device: GPUDevice,
): Workload {
  let result: ort.Tensor | undefined;
  let calls = Promise.resolve();
  const settled = async () => {
    await calls;
    if (result === undefined) throw new Error("nothing was called yet");
    return result;
  };
  return {
    call() {
      calls = calls.then(async () => {
        result?.dispose();
        result = (await session.run(feeds)).y;
      });
      // Whoever reads hears of a failure.
      calls.catch(() => undefined);
    },
    read: async () => readOne(device, (await settled()).gpuBuffer as GPUBuffer),
    readAll: async () => [(await (await settled()).getData()) as Float32Array],
  };
}

function onDevice(device: GPUDevice, { values, shape }: CaseInput): ort.Tensor {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  // It reads four numbers at once, also where the last four are not all there.
  const buffer = device.createBuffer({ size: Math.ceil(values.byteLength / 16) * 16, usage });
  device.queue.writeBuffer(buffer, 0, values as Float32Array<ArrayBuffer>);
  const dataType = values instanceof Int32Array ? "int32" : "float32";
  return ort.Tensor.fromGpuBuffer(buffer, { dataType, dims: [...shape] });
}

/** The first element. */
async function readOne(device: GPUDevice, buffer: GPUBuffer): Promise<Float32Array> {
  const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
  const staging = device.createBuffer({ size: 4, usage });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 0, staging, 0, 4);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const value = new Float32Array(staging.getMappedRange().slice(0));
  staging.destroy();
  return value;
}
