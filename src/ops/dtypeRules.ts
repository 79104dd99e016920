// How dtypes go through elementwise ops: what inputs are converted to, and what comes out.
//
// Stands apart from defineElementwise.ts because op files, which import each other in circles, read it while they are
// loaded.

import { type Dtype, isFloating } from "../tensor/dtype.ts";

/** How dtypes go through an op: what the inputs are converted to, and what comes out. */
export interface DtypeRule {
  operand(promoted: Dtype): Dtype;
  result(promoted: Dtype): Dtype;
}

/** bool counts as i32; the result has the dtype of the operands. */
export const arithmetic: DtypeRule = {
  operand: (dtype) => (dtype === "bool" ? "i32" : dtype),
  result: (dtype) => (dtype === "bool" ? "i32" : dtype),
};

/** As `arithmetic`, but u32 counts as i32, since the result may be negative. */
export const signed: DtypeRule = {
  operand: (dtype) => (isFloating(dtype) ? dtype : "i32"),
  result: (dtype) => (isFloating(dtype) ? dtype : "i32"),
};

/** Integers count as f32, as in PyTorch. */
export const floating: DtypeRule = {
  operand: (dtype) => (isFloating(dtype) ? dtype : "f32"),
  result: (dtype) => (isFloating(dtype) ? dtype : "f32"),
};

/** As `arithmetic`, since WGSL orders no bools; the result is a bool. */
export const comparison: DtypeRule = { operand: arithmetic.operand, result: () => "bool" };

/** Integers count as f32; the result is a bool. */
export const floatingTest: DtypeRule = { operand: floating.operand, result: () => "bool" };

/** What comes in goes out, bools too. */
export const unchanged: DtypeRule = { operand: (dtype) => dtype, result: (dtype) => dtype };

/** Floats, of which alone some ops are made. */
export const FLOATS: readonly Dtype[] = ["f32", "f16"];

/** All but bools. */
export const NUMBERS: readonly Dtype[] = [...FLOATS, "i32", "u32"];
