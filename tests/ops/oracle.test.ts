// Every op against PyTorch: values and gradients of the tables in tests/oracle/op_cases. Without a GPU our float64 rules
// must give PyTorch's numbers to 1e-12; with one, both kernel profiles must give them by the bars of the table.

import { describe, expect, test } from "vitest";
import { type OracleCase, opTableNames, oracleCases, readOpTable } from "../oracle/opTables.ts";
import { checkOnGpu } from "./gpuCase.ts";
import { checkGradient, checkReference } from "./opCase.ts";

for (const name of opTableNames) {
  const cases = await oracleCases(name);
  describe(name, () => {
    if (__GPU__) testOnGpu(cases);
    else testRules(name, cases);
  });
}

/** One compiled function for all cases of an op. */
function testOnGpu(cases: readonly OracleCase[]): void {
  for (const op of new Set(cases.map((one) => one.op))) {
    test(op, () => checkOnGpu(cases.filter((one) => one.op === op)));
  }
}

function testRules(name: string, cases: readonly OracleCase[]): void {
  test("its fixture was made from the table as it stands", async () => {
    const { readFile } = await import("node:fs/promises");
    const { createHash } = await import("node:crypto");
    const { table, sha256 } = await readOpTable(name);
    const text = await readFile(new URL(`../oracle/${table}`, import.meta.url));
    expect(createHash("sha256").update(text).digest("hex"), `run make_ops.py for ${table}`).toBe(sha256);
  });
  for (const one of cases) {
    test(one.name, () => {
      checkReference(one);
      if (!one.withoutGradient) checkGradient(one);
    });
  }
}
