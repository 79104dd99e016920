// Where Node's WebGPU finds Vulkan on Linux: a Chromium carries the loader and a software driver beside its executable.
//
// Decides: the two environment variables. The dynamic linker reads them when a process starts, so they must stand in
// the environment of the test process before that; setting them in the test is too late.

import { existsSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { installedPaths, machineProbes } from "../../scripts/findBrowser.ts";

const driverFile = "vk_swiftshader_icd.json";

/** The variables for a test process; empty where Vulkan is already set up, or no Chromium carries it. */
export function vulkanEnvironment(): Record<string, string> {
  const { env, platform } = process;
  if (platform !== "linux" || env.VK_ICD_FILENAMES) return {};
  const probes = machineProbes(() => {});
  const browsers = [env.PUPPETEER_EXECUTABLE_PATH, ...installedPaths(probes), probes.cachePath()];
  const folders = browsers
    .filter((path) => path !== undefined)
    .filter((path) => existsSync(path))
    .map((path) => dirname(realpathSync(path)));
  // Debian's /usr/bin/chromium is a script that starts what stands there.
  const folder = ["/usr/lib/chromium", ...folders].find((path) => existsSync(join(path, driverFile)));
  if (folder === undefined) return {};
  return {
    VK_ICD_FILENAMES: join(folder, driverFile),
    LD_LIBRARY_PATH: [folder, env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter),
  };
}
