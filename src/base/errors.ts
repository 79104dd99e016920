// The typed errors of the engine, and how each is worded.
//
// Decides: three families (what the user did, what the device did, what we did wrong) and their kinds.
// Leaves to others: the wording of each single message, which stands where the fault is found.

import { currentScope } from "./scope.ts";

/** What every error of this package extends: `catch (e) { if (e instanceof TilegradError) … }`. */
export class TilegradError extends Error {
  override name = "TilegradError";
}

/** The caller asked for something that cannot be done. The message says what is allowed, and in which layer it was. */
export class UsageError extends TilegradError {
  override name = "UsageError";

  constructor(message: string) {
    const scope = currentScope();
    super(scope === undefined ? message : `${message}\n  in layer "${scope}"`);
  }
}

/** Sizes, axes or ranks do not fit. */
export class ShapeError extends UsageError {
  override name = "ShapeError";
}

/** A dtype is not one that the operation takes. */
export class DtypeError extends UsageError {
  override name = "DtypeError";
}

/** A tensor was used after `dispose()`. */
export class DisposedError extends UsageError {
  override name = "DisposedError";
}

/** Bytes from outside (a model, a data set, a checkpoint) are not what their format says. */
export class FormatError extends UsageError {
  override name = "FormatError";
  /** Where in the file the fault was found, in bytes from its start. */
  readonly offsetBytes: number;

  constructor(message: string, offsetBytes: number) {
    super(message);
    this.offsetBytes = offsetBytes;
  }
}

/** Why a device cannot be had, or stopped working. */
export type DeviceErrorReason =
  | "insecure-context"
  | "no-webgpu"
  | "no-adapter"
  | "missing-feature"
  | "limit"
  | "out-of-memory"
  | "shader"
  | "lost";

/** The GPU, its driver or the browser refused or went away. */
export class DeviceError extends TilegradError {
  override name = "DeviceError";
  readonly reason: DeviceErrorReason;

  constructor(reason: DeviceErrorReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** A rule of this package's own was broken: a bug of ours, never of the caller. */
export class InternalError extends TilegradError {
  override name = "InternalError";

  constructor(message: string) {
    super(`${message} (this is a bug in tilegrad)`);
  }
}
