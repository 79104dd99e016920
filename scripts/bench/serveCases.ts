// The server of the benchmark's pages.

import { fileURLToPath } from "node:url";
import { createServer, type ViteDevServer } from "vite";

const repository = fileURLToPath(new URL("../..", import.meta.url));

/** Serves bench/ with the headers that `performance.now` needs to be fine. */
export async function serveCases(): Promise<{ server: ViteDevServer; url: string }> {
  const server = await createServer({
    configFile: `${repository}vite.config.ts`,
    root: `${repository}bench`,
    // Its own: a server of the demos may run beside it.
    cacheDir: `${repository}node_modules/.vite-bench`,
    logLevel: "silent",
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null },
    // It finds its WebAssembly beside its own file.
    optimizeDeps: { exclude: ["onnxruntime-web"] },
  });
  await server.listen();
  const address = server.httpServer?.address();
  if (typeof address !== "object" || address === null) throw new Error("the local server has no port.");
  return { server, url: `http://127.0.0.1:${address.port}/index.html` };
}
