// The benchmark as one folder that runs on any Linux x64 machine with a GPU: script, Dawn, Node, and a Vulkan loader.
//
// Decides: what is in the folder, where it is taken from on this machine, and that the licence of everything in it is, too.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { vulkanEnvironment } from "../../../tests/setup/vulkanEnvironment.ts";
import { bareShaders } from "../../bareShaders.ts";
import { stampedBuild } from "../../buildId.ts";
import type { About } from "./main.ts";

const repository = fileURLToPath(new URL("../../..", import.meta.url));
const loader = "libvulkan.so.1";
const loaderLicence = "/usr/share/common-licenses/Apache-2.0";

/** What Node may need of a system: it is in all of them. */
const commonLibraries = /^(linux-vdso|ld-linux-x86-64|lib(c|dl|m|pthread|rt|stdc\+\+|gcc_s|atomic))\.so/;

/** Makes `folder` anew. Throws where this machine is another, or lacks something that belongs into it. */
export async function makeBundle(folder: string): Promise<void> {
  requireLinux();
  requireLoneNode();
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, "licences"), { recursive: true });
  await buildScript(folder);
  await copyDawn(folder);
  await copyFile(process.execPath, join(folder, "node"));
  await copyLoader(folder);
  await copyLicences(folder);
  for (const name of ["run.sh", "README.txt"]) {
    await copyFile(join(repository, "scripts/bench/portable", name), join(folder, name));
  }
  await chmod(join(folder, "run.sh"), 0o755);
}

/** Packs `folder` into a file beside it, and returns that. `level`: of xz, from 1 to 9. */
export function packBundle(folder: string, level: number): string {
  const archive = `${folder}.tar.xz`;
  const { status, stderr } = spawnSync("tar", ["-cJf", archive, "-C", dirname(folder), basename(folder)], {
    env: { ...process.env, XZ_OPT: `-${level} -T0` },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`tar failed: ${stderr}`);
  return archive;
}

function requireLinux(): void {
  const { platform, arch } = process;
  if (platform === "linux" && arch === "x64") return;
  throw new Error(
    `this is ${platform} ${arch}; the bundle carries Node for Linux x64 and must be made there.`,
  );
}

/** Some distributions put most of Node into a library of its own. */
function requireLoneNode(): void {
  const { stdout } = spawnSync("ldd", [process.execPath], { encoding: "utf8" });
  const names = stdout.split("\n").flatMap((line) => line.trim().match(/^\S+/)?.[0] ?? []);
  const odd = names.map((name) => basename(name)).find((name) => !commonLibraries.test(name));
  if (odd === undefined) return;
  throw new Error(
    `${process.execPath} needs ${odd}; use a Node from nodejs.org, which needs nothing of its own.`,
  );
}

async function buildScript(folder: string): Promise<void> {
  await build({
    configFile: false,
    root: repository,
    logLevel: "error",
    plugins: [bareShaders(), stampedBuild()],
    publicDir: false,
    ssr: { noExternal: true, external: ["webgpu"] },
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      target: "node20",
      minify: false,
      rolldownOptions: {
        input: join(repository, "scripts/bench/portable/main.ts"),
        output: { entryFileNames: "bench.mjs", codeSplitting: false },
      },
    },
  });
  const about: About = { version: await versionOf("."), webgpu: await versionOf("node_modules/webgpu") };
  await writeFile(join(folder, "about.json"), `${JSON.stringify(about)}\n`);
}

async function versionOf(path: string): Promise<string> {
  const text = await readFile(join(repository, path, "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

async function copyDawn(folder: string): Promise<void> {
  const files = ["package.json", "index.js", "LICENSE.md", "dist/linux-x64/dawn.node"];
  for (const name of files) {
    const target = join(folder, "node_modules/webgpu", name);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(join(repository, "node_modules/webgpu", name), target);
  }
}

/** Chromium's, where there is one: it stands in for a system's that is missing. */
async function copyLoader(folder: string): Promise<void> {
  const folders = (vulkanEnvironment().LD_LIBRARY_PATH ?? process.env.LD_LIBRARY_PATH ?? "").split(delimiter);
  const found = folders.map((path) => join(path, loader)).find((path) => existsSync(path));
  if (found === undefined || !existsSync(loaderLicence)) {
    console.warn(
      `there is no ${loader} here, or no text of its licence: only machines that have one can run this.`,
    );
    return;
  }
  await mkdir(join(folder, "lib"));
  await copyFile(found, join(folder, "lib", loader));
  await copyFile(loaderLicence, join(folder, "licences", "vulkan-loader.txt"));
}

async function copyLicences(folder: string): Promise<void> {
  const nodeFolder = dirname(dirname(process.execPath));
  const ofNode = [join(nodeFolder, "LICENSE"), join(nodeFolder, "share/doc/nodejs/LICENSE")];
  const licences: Record<string, readonly string[]> = {
    tilegrad: [join(repository, "LICENSE")],
    node: ofNode,
    dawn: [join(repository, "node_modules/webgpu/LICENSE.md")],
    tinybench: ["LICENSE", "LICENSE.md", "license"].map((name) =>
      join(repository, "node_modules/tinybench", name),
    ),
  };
  for (const [name, places] of Object.entries(licences)) {
    const found = places.find((path) => existsSync(path));
    if (found === undefined) {
      throw new Error(
        `there is no licence text of ${name} at ${places.join(" or ")}; the bundle must carry it.`,
      );
    }
    await copyFile(found, join(folder, "licences", `${name}.txt`));
  }
}
