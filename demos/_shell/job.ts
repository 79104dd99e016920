// Jobs: pages without a face, which a script opens to have work done in a browser.
//
// Decides: how a script and such a page talk. Leaves to the page what is done; to the script data, files and terminal.

import { type Engine, init } from "../../src/index.ts";

/** What a job comes to. */
export type JobAnswer<Result> = { readonly result: Result } | { readonly failure: string };

declare global {
  /** Defined by the page, called by the script. */
  var runJob: (settings: never) => Promise<JobAnswer<unknown>>;
  /** Defined by the script. */
  var onJobEvent: (event: unknown) => Promise<void>;
}

/** Makes `work` this page's job. The engine is its own, and goes when the work is done or has failed. */
export function defineJob<Settings, Event, Result>(
  work: (engine: Engine, settings: Settings, tell: (event: Event) => void) => Promise<Result>,
): void {
  const tell = (event: Event) => {
    // Nobody waits for the terminal.
    void globalThis.onJobEvent(event);
  };
  globalThis.runJob = async (settings: Settings) => {
    try {
      // Each run has a browser of its own, which would keep what was timed for nobody.
      const engine = await init({ tune: false });
      try {
        return { result: await work(engine, settings, tell) };
      } finally {
        engine.destroy();
      }
    } catch (error) {
      return { failure: error instanceof Error ? error.message : String(error) };
    }
  };
}

/** The bytes that the script serves under `name`. */
export async function fetchJobBytes(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(`/job/${name}`);
  if (!response.ok) throw new Error(`the server does not give ${name}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Bytes as text that crosses to another process. */
export function base64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
