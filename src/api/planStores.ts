// Where plans are kept between loads: a page's IndexedDB, or a folder in Node.
//
// Decides: how many are kept, and that nothing fails where none can be: plans are made anew then.

import { UsageError } from "../base/errors.ts";
import { PlanCache, type PlanStore } from "./planCache.ts";

/** What can be said of a page's cache. */
export interface OpenPlanCacheOptions {
  /** The database's name. Default "tilegrad-plans". */
  readonly name?: string;
  /** See `PlanCache`. */
  readonly version?: string;
}

interface KeptPlan {
  readonly text: string;
  readonly keptMs: number;
}

/** The newest are kept. */
const MAX_PLANS = 64;
const TABLE = "plans";

/**
 * A cache of plans in the page's IndexedDB, for `init({ planCache: await openPlanCache() })`. Where there is no
 * IndexedDB, or the browser keeps nothing, it lasts as long as the page.
 */
export async function openPlanCache(options: OpenPlanCacheOptions = {}): Promise<PlanCache> {
  const { name = "tilegrad-plans", version } = options;
  return new PlanCache(await openPlanStore(name), version);
}

/** Texts in the page's IndexedDB of that name; in memory where there is none. */
export async function openPlanStore(name: string): Promise<PlanStore> {
  const plans = new Map<string, string>();
  const database = await open(name);
  if (database === undefined) return plans;
  // Whoever wants to delete it need not wait for this page to close.
  database.onversionchange = () => database.close();
  for (const [key, { text }] of await readNewest(database)) plans.set(key, text);
  const set = (key: string, text: string) => {
    plans.set(key, text);
    const kept: KeptPlan = { text, keptMs: Date.now() };
    void attempt(() => table(database, "readwrite").put(kept, key));
  };
  return { get: (key) => plans.get(key), set };
}

function open(name: string): Promise<IDBDatabase | undefined> {
  return attempt(() => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
    return request;
  });
}

/** The newest plans, by key; the others are deleted. */
async function readNewest(database: IDBDatabase): Promise<[string, KeptPlan][]> {
  const keys = await attempt(() => table(database, "readonly").getAllKeys());
  const plans: KeptPlan[] | undefined = await attempt(() => table(database, "readonly").getAll());
  const pairs = (plans ?? []).map((plan, index): [string, KeptPlan] => [String(keys?.[index]), plan]);
  pairs.sort(([, a], [, b]) => b.keptMs - a.keptMs);
  for (const [key] of pairs.slice(MAX_PLANS)) void attempt(() => table(database, "readwrite").delete(key));
  return pairs.slice(0, MAX_PLANS);
}

function table(database: IDBDatabase, mode: IDBTransactionMode): IDBObjectStore {
  return database.transaction(TABLE, mode).objectStore(TABLE);
}

/** What `request` gives; undefined where it fails, is not allowed, or there is nothing to ask. */
function attempt<T>(request: () => IDBRequest<T>): Promise<T | undefined> {
  return new Promise((resolve) => {
    try {
      const asked = request();
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => resolve(undefined);
    } catch {
      resolve(undefined);
    }
  });
}

/** The part of Node's file system that is used. */
interface FileSystem {
  mkdirSync(path: string, options: { recursive: true }): unknown;
  readFileSync(path: string, encoding: "utf8"): string;
  renameSync(from: string, to: string): void;
  writeFileSync(path: string, text: string): void;
}

/** Keeps plans as files of `folder`, for `new PlanCache(planFolder(folder))`. Throws UsageError outside of Node. */
export function planFolder(folder: string): PlanStore {
  const files = fileSystem();
  const pathOf = (key: string) => `${folder}/${key}.plan`;
  return {
    get(key) {
      try {
        return files.readFileSync(pathOf(key), "utf8");
      } catch {
        return undefined;
      }
    },
    set(key, text) {
      files.mkdirSync(folder, { recursive: true });
      // Another process may be reading: it sees all of the file or none.
      const unfinished = `${pathOf(key)}.${Math.random().toString(36).slice(2)}`;
      files.writeFileSync(unfinished, text);
      files.renameSync(unfinished, pathOf(key));
    },
  };
}

/** Asked for at run time, so that no bundler of a page looks for it. */
function fileSystem(): FileSystem {
  const host: { process?: { getBuiltinModule?: (name: string) => FileSystem } } = Object(globalThis);
  const files = host.process?.getBuiltinModule?.("node:fs");
  if (files === undefined) {
    throw new UsageError(
      "planFolder: there are no folders here; it needs Node 20.16 or later. In a page use openPlanCache().",
    );
  }
  return files;
}
