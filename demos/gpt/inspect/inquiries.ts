// Questions to a worker whose runs come and go, and their answers.
//
// Decides: a question that a run leaves open is put to the next one; where there is none that could answer, it is refused.

import type { InspectReply, InspectRequest } from "./inspectTypes.ts";

interface Open {
  readonly request: InspectRequest;
  readonly resolve: (reply: InspectReply) => void;
}

/** What was asked and is not answered yet. */
export class Inquiries {
  private readonly post: (id: number, request: InspectRequest) => void;
  private readonly open = new Map<number, Open>();
  private lastId = 0;
  /** Why nobody answers; undefined where someone does. */
  private refusal: string | undefined;

  /** `post` carries a question to whoever answers it; the answer comes back by `answer`. */
  constructor(post: (id: number, request: InspectRequest) => void) {
    this.post = post;
  }

  ask(request: InspectRequest): Promise<InspectReply> {
    const { refusal } = this;
    if (refusal !== undefined) return Promise.resolve({ kind: "refused", reason: refusal });
    this.lastId += 1;
    const id = this.lastId;
    const answered = new Promise<InspectReply>((resolve) => this.open.set(id, { request, resolve }));
    this.post(id, request);
    return answered;
  }

  /** Nothing happens where the question was answered before. */
  answer(id: number, reply: InspectReply): void {
    this.open.get(id)?.resolve(reply);
    this.open.delete(id);
  }

  /** Another run answers from now on. */
  begin(): void {
    this.refusal = undefined;
    for (const [id, { request }] of this.open) this.post(id, request);
  }

  /** Nobody answers, for this reason, until the next `begin`. */
  refuse(reason: string): void {
    this.refusal = reason;
    for (const id of [...this.open.keys()]) this.answer(id, { kind: "refused", reason });
  }
}
