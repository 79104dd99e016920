// The reports that are kept with the project.

import { type LadderReport, reportFaults } from "../../bench/kernels/ladderReport.ts";

const files = import.meta.glob<LadderReport>("../../bench/kernels/results/*.json", { import: "default" });

/** All that can be read, those of GPUs first, and of these the newest. */
export async function storedReports(): Promise<LadderReport[]> {
  const reports = await Promise.all(Object.values(files).map((load) => load()));
  return reports
    .filter((report) => reportFaults(report).length === 0)
    .sort((a, b) => Number(a.isSoftware) - Number(b.isSoftware) || (a.date < b.date ? 1 : -1));
}

/** "swiftshader, Chrome/156, 2026-11-21". */
export function reportName({ adapter, browser, date }: LadderReport): string {
  return `${adapter}, ${browser.replace(/(\d+)[.\d]*$/, "$1")}, ${date.slice(0, 10)}`;
}
