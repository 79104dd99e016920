// Uniform data: structs of 4-byte scalars, written one after the other into one block for the whole plan.

import { roundUp } from "../base/integers.ts";
import type { ParamType } from "../kernels/kernel.ts";

/** WebGPU lets a uniform binding start at multiples of 256 bytes at default limits. */
const ALIGNMENT_BYTES = 256;

/** Fields of a uniform struct, and their values. */
export class UniformStruct {
  private readonly fields: { name: string; type: ParamType; value: number }[] = [];

  get isEmpty(): boolean {
    return this.fields.length === 0;
  }

  get sizeBytes(): number {
    return roundUp(this.fields.length * 4, 16);
  }

  add(name: string, type: ParamType, value: number): void {
    this.fields.push({ name, type, value });
  }

  /** Adds a field named after `stem` and its place, and gives the WGSL that reads it. */
  read(variable: string, stem: string, type: ParamType, value: number): string {
    const name = `${stem}${this.fields.length}`;
    this.add(name, type, value);
    return `${variable}.${name}`;
  }

  /** `struct Name { … }`. */
  declare(name: string): string {
    const lines = this.fields.map((field) => `  ${field.name}: ${field.type},\n`);
    return `struct ${name} {\n${lines.join("")}}\n`;
  }

  write(view: DataView, offsetBytes: number): void {
    this.fields.forEach(({ type, value }, index) => {
      const at = offsetBytes + index * 4;
      if (type === "f32") view.setFloat32(at, value, true);
      else view.setUint32(at, value >>> 0, true);
    });
  }
}

/** The block that holds every struct of a plan. */
export class UniformBlock {
  private readonly structs: { struct: UniformStruct; offset: number }[] = [];
  private sizeBytes = 0;

  /** Places `struct` and gives its offset in bytes. */
  place(struct: UniformStruct): number {
    const offset = this.sizeBytes;
    this.structs.push({ struct, offset });
    this.sizeBytes = roundUp(offset + struct.sizeBytes, ALIGNMENT_BYTES);
    return offset;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const block = new ArrayBuffer(Math.max(this.sizeBytes, ALIGNMENT_BYTES));
    const view = new DataView(block);
    for (const { struct, offset } of this.structs) struct.write(view, offset);
    return new Uint8Array(block);
  }
}
