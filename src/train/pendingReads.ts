// Numbers on their way from the GPU: asked for without waiting, handed out in the order in which they were asked for.

import type { Tensor } from "../api/tensor.ts";
import { assertPresent } from "../base/assert.ts";
import type { TypedArray } from "../tensor/hostArray.ts";

interface Pending<Tag> {
  readonly tag: Tag;
  readonly arrays: Promise<TypedArray[]>;
}

/** What was read, and what the caller said about it. */
export interface Arrived<Tag> {
  readonly tag: Tag;
  readonly arrays: readonly TypedArray[];
}

/** A queue of reads. Waiting for the oldest leaves the others under way. */
export class PendingReads<Tag> {
  private readonly queue: Pending<Tag>[] = [];

  get length(): number {
    return this.queue.length;
  }

  /** Asks for the elements of `owned`, which are disposed of (the reads hold what they need), and of `borrowed`. */
  push(tag: Tag, owned: readonly Tensor[], borrowed: readonly Tensor[] = []): void {
    const arrays = Promise.all([...owned, ...borrowed].map((tensor) => tensor.data()));
    arrays.catch(() => undefined); // `shift` tells
    for (const tensor of owned) tensor.dispose();
    this.queue.push({ tag, arrays });
  }

  /** The oldest, once it is here. Rejects as `Tensor.data` does. */
  async shift(): Promise<Arrived<Tag>> {
    const { tag, arrays } = assertPresent(this.queue.shift(), "a pending read");
    return { tag, arrays: await arrays };
  }
}
