// The pages as users get them: built once for all tests that open one.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { buildDemoPages } from "../../scripts/demoPagesBuild.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder with the built pages. */
    builtDemos: string;
  }
}

/** Builds them into a folder of their own, which goes when the tests are over. */
export function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "tilegrad-demos-"));
  const builtDemos = join(folder, "gallery");
  buildDemoPages(builtDemos);
  project.provide("builtDemos", builtDemos);
  return () => rmSync(folder, { recursive: true });
}
