// The built pages: made, weighed and served.
//
// Decides: what a page's weight is (all code that it may fetch unasked: its HTML, and every style sheet, script and worker
// that these name), and what a built page may not have: whatever its own policy would keep from running. Leaves to others:
// how they are bundled (vite.config.ts).
//
// The limit keeps pages quick to open. Engines of others, which the benchmark's page offers with their sizes beside them,
// delay nobody who does not tick them, so they do not count, as long as nothing imports them but by a call.

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { preview } from "vite";
import { askedFolder, isolationHeaders, listDemoPages } from "./demoPages.ts";

const repository = fileURLToPath(new URL("..", import.meta.url));

/** How much code a page may fetch unasked, compressed. */
export const limitBytes = 250_000;

/** What the built page with this name weighs; the index is "". */
export interface PageWeight {
  readonly page: string;
  /** Bytes of all that it fetches unasked, each file compressed by gzip. */
  readonly sizeBytes: number;
  readonly files: readonly string[];
}

/** Builds the pages into `folder`, which is emptied first. Throws where that fails, or a page would break its policy. */
export function buildDemoPages(folder: string): void {
  // A process of its own, because Vite takes from the environment for whom it builds, and a test's says: for a test.
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(repository, "node_modules/vite/bin/vite.js"),
      "build",
      "--config",
      join(repository, "vite.config.ts"),
      ...["--outDir", folder, "--emptyOutDir", "--logLevel", "warn"],
    ],
    { cwd: repository, encoding: "utf8", env: { ...process.env, NODE_ENV: "production", NO_COLOR: "1" } },
  );
  if (status !== 0) throw new Error(`The pages cannot be built:\n${withoutStack(stdout + stderr)}`);
  for (const page of ["", ...listDemoPages()]) {
    const faults = policyFaults(readFileSync(join(folder, page, "index.html"), "utf8"));
    if (faults.length > 0) throw new Error(`${join(page, "index.html")}: ${faults.join(", ")}.`);
  }
}

/** What the bundler says, without where in itself it said that. */
function withoutStack(text: string): string {
  return text.replace(/^ {4}at .*\n/gm, "");
}

/** What of `html` its policy would refuse, or would come from elsewhere. */
export function policyFaults(html: string): string[] {
  const faults: string[] = [];
  const policy = html.search(/<meta\s+http-equiv="Content-Security-Policy"/);
  const firstFetch = html.search(/<(script|link)\b/);
  if (policy < 0 || (firstFetch >= 0 && firstFetch < policy))
    faults.push("it has no policy before what it fetches");
  for (const [tag] of html.matchAll(/<script\b[^>]*>/g))
    if (!/\ssrc="/.test(tag)) faults.push(`${tag} is inline`);
  for (const [tag] of html.matchAll(/<[a-z][^>]*\s(?:style|on[a-z]+)="[^>]*>|<style\b[^>]*>/g))
    faults.push(`${tag} is inline`);
  for (const [, address] of html.matchAll(/\s(?:src|srcset|href)="([^"]*)"/g))
    if (!address.startsWith("./") && !address.startsWith("../")) faults.push(`"${address}" is not relative`);
  return faults;
}

/** Weighs the pages in `folder`, the index first. Data and pictures do not count. */
export function weighDemoPages(folder: string): PageWeight[] {
  const code = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => /\.(html|js|css)$/.test(path) && !path.startsWith("data/"));
  const texts = new Map(code.map((path) => [path, readFileSync(join(folder, path), "utf8")]));
  const pages = code.filter((path) => basename(path) === "index.html");
  // Names end in a hash of what is in them, so whoever has the name in it means that file.
  const named = code.filter((path) => !pages.includes(path));
  const compressedBytes = new Map(code.map((path) => [path, gzipSync(texts.get(path) ?? "").length]));
  return pages
    .map((page) => {
      const files = new Set([page]);
      for (const file of files)
        for (const other of named) if (fetchesUnasked(texts.get(file) ?? "", other)) files.add(other);
      const sizeBytes = [...files].reduce((sum, file) => sum + (compressedBytes.get(file) ?? 0), 0);
      return { page: page === "index.html" ? "" : dirname(page), sizeBytes, files: [...files].sort() };
    })
    .sort((a, b) => (a.page < b.page ? -1 : 1));
}

/** Whether who loads `text` loads `file` too; what is asked for only where it is imported other than by a call. */
function fetchesUnasked(text: string, file: string): boolean {
  const name = basename(file);
  if (!file.startsWith(`${askedFolder}/`)) return text.includes(name);
  return ["from", "import"].some((word) =>
    [`${word}"`, `${word} "`].some((start) =>
      text.split(start).some((rest) => rest.split('"')[0].endsWith(`/${name}`)),
    ),
  );
}

/** The weights as a table of text. */
export function printWeights(weights: readonly PageWeight[]): string {
  const kilobytes = (sizeBytes: number) => (sizeBytes / 1000).toFixed(1).padStart(8);
  const rows = weights.map(
    ({ page, sizeBytes, files }) =>
      `${(page || "index").padEnd(12)}${kilobytes(sizeBytes)}${String(files.length).padStart(7)}`,
  );
  return [`${"page".padEnd(12)}${"kB gz".padStart(8)}${"files".padStart(7)}`, ...rows].join("\n");
}

/** Serves `folder` as it stands, at an address below the host's root, as many hosts do. */
export async function serveFolder(folder: string): Promise<{ url: string; close(): Promise<void> }> {
  const server = await preview({
    configFile: false,
    root: repository,
    appType: "mpa",
    logLevel: "error",
    build: { outDir: dirname(folder) },
    preview: { host: "127.0.0.1", port: 0, headers: isolationHeaders },
  });
  const address = server.httpServer.address();
  if (typeof address !== "object" || address === null) throw new Error("the local server has no port.");
  return { url: `http://127.0.0.1:${address.port}/${basename(folder)}/`, close: () => server.close() };
}
