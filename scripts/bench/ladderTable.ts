// A ladder as text.

import {
  gigabytesOf,
  gigaflopsOf,
  isTimed,
  type LadderReport,
  type LadderResult,
  reasonOf,
} from "../../bench/kernels/ladderReport.ts";

const headings = ["rung", "ms", "+-", "GFLOP/s", "GB/s", "x first", "first ms"];

/** A line per rung, from naive to final; what went wrong stands where the numbers would. */
export function ladderTable(ladder: LadderResult): string {
  const first = ladder.rungs.find(isTimed);
  const lines = ladder.rungs.map((rung) => {
    if (!isTimed(rung)) return [rung.name, reasonOf(rung) ?? ""];
    const { name, medianMs, spreadMs, firstMs } = rung;
    return [
      name,
      short(medianMs),
      short(spreadMs),
      short(gigaflopsOf(ladder, rung)),
      short(gigabytesOf(ladder, rung)),
      short(first === undefined ? 1 : first.medianMs / medianMs),
      short(firstMs),
    ];
  });
  const widths = headings.map((heading, column) => {
    const cells = lines.filter(({ length }) => length === headings.length).map((line) => line[column]);
    return Math.max(
      heading.length,
      ...(column === 0 ? lines.map(([name]) => name) : cells).map((cell) => cell.length),
    );
  });
  const print = (line: readonly string[]) =>
    line
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join("  ");
  const engine =
    ladder.engineKernels.length === 0 ? "" : `; the engine runs ${ladder.engineKernels.join(", ")}`;
  return [
    `${ladder.kernel}, ${ladder.sizes}${engine}`,
    ...[headings, ...lines].map((line) => `  ${print(line)}`),
  ].join("\n");
}

/** The report as JSON, a line for each number and each list of names, as the project's formatter has it. */
export function reportText(report: LadderReport): string {
  const text = JSON.stringify(report, null, 2);
  return `${text.replace(/\[\n\s+("[^[\]{}]*")\n\s+\]/g, (_, names: string) => `[${names.replace(/\n\s+/g, " ")}]`)}\n`;
}

/** Where a report is kept: by its adapter and its day. */
export function resultFileName({ adapter, date }: LadderReport): string {
  const words = adapter
    .toLowerCase()
    .replace(/\([^)]*\)/g, " ")
    .match(/[a-z0-9]+/g) ?? ["adapter"];
  return `${words.join("-").slice(0, 60).replace(/-$/, "")}-${date.slice(0, 10)}.json`;
}

/** Three digits, without an exponent. */
function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
