// Softmax and its logarithm over rows.
//
// Decides: one invocation per row where rows are short or barriers dear, else one workgroup.
// Leaves to others: other axes (a transpose before and after), and gradients.

import rowsSource from "../../shaders/softmax_rows.wgsl?raw";
import serialSource from "../../shaders/softmax_rows_serial.wgsl?raw";
import type { DeviceProfile, Dispatch, Kernel, ParamType } from "./kernel.ts";
import { rowSchedule, type RowVariant } from "./rowSchedule.ts";

export interface SoftmaxSizes {
  readonly rows: number;
  readonly cols: number;
}
