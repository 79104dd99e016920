// Loads each module of a folder as the first of its own copy of all that it imports, and prints what goes wrong.
// Run by build.test.ts, with V8's modules for scripts to make (--experimental-vm-modules): `loadEach.ts <folder>`. Threads
// would each read and parse every file anew, which takes thirteen times as long.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import vm from "node:vm";

const [folder] = process.argv.slice(2);
const texts = new Map<string, string>();

function moduleOf(path: string): vm.SourceTextModule {
  const text = texts.get(path) ?? readFileSync(path, "utf8");
  texts.set(path, text);
  return new vm.SourceTextModule(text, { identifier: path });
}

async function load(path: string): Promise<void> {
  const modules = new Map<string, vm.SourceTextModule>();
  const get = (wanted: string): vm.SourceTextModule => {
    const found = modules.get(wanted) ?? moduleOf(wanted);
    modules.set(wanted, found);
    return found;
  };
  const first = get(path);
  await first.link((specifier, from) => get(resolve(dirname(from.identifier), specifier)));
  await first.evaluate();
}

const names = readdirSync(folder).filter((name) => name.endsWith(".js"));
for (const name of names) {
  await load(join(folder, name)).catch((error) => console.log(`${name}: ${error}`));
}
console.log(`${names.length} modules`);
