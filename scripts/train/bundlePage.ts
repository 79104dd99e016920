// A page of demos/ made ready for one run: its code in a few files that are held in memory.
//
// Vite's development server would transform each module of the engine when the page asks for it, which takes several times
// as long.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Rolldown } from "vite";
import { corpusPlugin } from "../corpus.ts";

const root = fileURLToPath(new URL("../../demos", import.meta.url));

/** A file that is served: what is in it, and of what kind it is. */
export interface ServedFile {
  readonly body: string | Uint8Array;
  readonly type: string;
}

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
};

/** The files of `page` ("/digits/job.html") by address. Throws where it cannot be built. */
export async function bundlePage(page: string): Promise<Map<string, ServedFile>> {
  const built = await build({
    configFile: false,
    root,
    publicDir: false,
    plugins: [corpusPlugin()],
    logLevel: "silent",
    build: {
      write: false,
      target: "esnext",
      minify: false,
      modulePreload: false,
      reportCompressedSize: false,
      rolldownOptions: { input: join(root, page), output: { keepNames: true } },
    },
  });
  return new Map(outputOf(built).map((file) => [`/${file.fileName}`, served(file)]));
}

function served(file: Rolldown.OutputChunk | Rolldown.OutputAsset): ServedFile {
  const ending = file.fileName.slice(file.fileName.lastIndexOf(".") + 1);
  const body = file.type === "chunk" ? file.code : file.source;
  return { body, type: types[ending] ?? "application/octet-stream" };
}

function outputOf(built: Awaited<ReturnType<typeof build>>): Rolldown.RolldownOutput["output"] {
  if ("output" in built) return built.output;
  throw new Error("the page is built in parts.");
}
