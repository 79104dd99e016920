// Reads results that were kept, by whomever and whenever.
//
// Decides: what a file must have to be believed. Members that are not known here are kept as they are, if they are text,
// truth, a number or a list of numbers: a later benchmark says more of a row, and this one shows what it knows.

import {
  type Results,
  type ResultsRow,
  resultsEngines,
  resultsVersion,
} from "../../bench/figures/results.ts";
import { profileNames } from "../../bench/report.ts";
import { type ByteReader, quoted } from "../../src/base/byteReader.ts";
import {
  parseJsonObject,
  requireArray,
  requireMember,
  requireObject,
  requireString,
} from "../../src/base/jsonValues.ts";
import type { JsonNode } from "../../src/base/strictJson.ts";

type Members = ReadonlyMap<string, JsonNode>;
type Plain = string | number | boolean | number[];

const scales = ["small", "software", "hardware"] as const;
const profiles = ["automatic", ...profileNames] as const;

const neededCounts = ["callsPerSample", "samples", "firstCallMs", "spreadMs", "peakBytes"];
/** Counts of calls with a read-back, less those of a read-back alone: an engine with a pool may get below 0. */
const neededDifferences = ["dispatches", "submits", "createBuffer", "createBindGroup", "createPipeline"];
const possibleCounts = ["flops", "bytes", "plannedBytes", "tokensPerCall"];

/** All of a file, which messages call `file`. Throws FormatError, with the place of what is wrong. */
export function readResults(bytes: Uint8Array, file: string): Results {
  const { reader, members } = parseJsonObject(bytes, file);
  requireVersion(reader, members);
  const text = (key: string) => requireText(reader, members, key, "the file");
  const rows = requireArray(reader, requireMember(reader, members, "cases", "the file"), '"cases"');
  const cases = rows.map((node, index) => readRow(reader, node, `cases[${index}]`));
  requireDifferent(reader, rows, cases);
  return {
    version: resultsVersion,
    adapter: text("adapter"),
    browser: text("browser"),
    date: requireDate(reader, members, "the file"),
    scale: requireOne(reader, members, "scale", "the file", scales),
    profile: requireOne(reader, members, "profile", "the file", profiles),
    cases,
  };
}

function requireVersion(reader: ByteReader, members: Members): void {
  const node = requireMember(reader, members, "version", "the file");
  if (node.kind === "number" && node.text === String(resultsVersion)) return;
  const found = "text" in node ? node.text : `a JSON ${node.kind}`;
  reader.fail(`"version" is ${found}; this benchmark reads version ${resultsVersion}`, node.offset);
}

function readRow(reader: ByteReader, node: JsonNode, what: string): ResultsRow {
  const members = requireObject(reader, node, what);
  for (const key of ["case", "version"]) requireText(reader, members, key, what);
  requireOne(reader, members, "engine", what, resultsEngines);
  requireDate(reader, members, what);
  if (members.has("failure") === members.has("medianMs"))
    reader.fail(`${what} must have either "medianMs" or "failure"; it has both or neither`, node.offset);
  if (members.has("failure")) requireText(reader, members, "failure", what);
  else requireMeasurement(reader, members, what);
  for (const key of possibleCounts) if (members.has(key)) requireCount(reader, members, key, what);
  if (members.has("note")) requireText(reader, members, "note", what);
  const losses = members.get("losses");
  if (losses !== undefined) requireArray(reader, losses, `${what}.losses`);
  const plain = [...members].map(([key, value]) => [key, plainValue(reader, value, `${what}.${key}`)]);
  // All that the type asks for was required above.
  return Object.fromEntries(plain) as unknown as ResultsRow;
}

function requireMeasurement(reader: ByteReader, members: Members, what: string): void {
  for (const key of neededCounts) requireCount(reader, members, key, what);
  for (const key of neededDifferences) requireNumber(reader, members, key, what);
  const median = requireCount(reader, members, "medianMs", what);
  if (median === 0) fail(reader, members, "medianMs", `${what}.medianMs is 0; a call takes time`);
}

/** From 0. */
function requireCount(reader: ByteReader, members: Members, key: string, what: string): number {
  const value = requireNumber(reader, members, key, what);
  if (value >= 0) return value;
  return fail(reader, members, key, `${what}.${key} is ${value}; it must be a number from 0`);
}

function requireNumber(reader: ByteReader, members: Members, key: string, what: string): number {
  const value = plainValue(reader, requireMember(reader, members, key, what), `${what}.${key}`);
  if (typeof value === "number") return value;
  return fail(reader, members, key, `${what}.${key} is ${JSON.stringify(value)}; it must be a number`);
}

function requireText(reader: ByteReader, members: Members, key: string, what: string): string {
  const text = requireString(reader, requireMember(reader, members, key, what), `${what}.${key}`);
  return text === "" ? fail(reader, members, key, `${what}.${key} is empty; it must say something`) : text;
}

function requireDate(reader: ByteReader, members: Members, what: string): string {
  const text = requireText(reader, members, "date", what);
  // Of all forms that Date.parse takes, the one that does not depend on where it is read.
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) && !Number.isNaN(Date.parse(text))) return text;
  const rule = "it must be a time such as 2026-01-31T12:00:00.000Z";
  return fail(reader, members, "date", `${what}.date is ${quoted(text)}; ${rule}`);
}

function requireOne<T extends string>(
  reader: ByteReader,
  members: Members,
  key: string,
  what: string,
  allowed: readonly T[],
): T {
  const text = requireText(reader, members, key, what);
  const known = allowed.find((name) => name === text);
  if (known !== undefined) return known;
  return fail(
    reader,
    members,
    key,
    `${what}.${key} is ${quoted(text)}; it must be one of ${allowed.join(", ")}`,
  );
}

function requireDifferent(reader: ByteReader, nodes: readonly JsonNode[], rows: readonly ResultsRow[]): void {
  const seen = new Set<string>();
  rows.forEach((row, index) => {
    const key = `${row.case} by ${row.engine}`;
    if (seen.has(key))
      reader.fail(`cases has ${quoted(key)} twice; each may be there once`, nodes[index].offset);
    seen.add(key);
  });
}

function plainValue(reader: ByteReader, node: JsonNode, what: string): Plain {
  if (node.kind === "string") return node.text;
  if (node.kind === "word" && node.text !== "null") return node.text === "true";
  if (node.kind === "number") return plainNumber(reader, node.text, node.offset, what);
  if (node.kind === "array")
    return node.items.map((item) => {
      if (item.kind === "number") return plainNumber(reader, item.text, item.offset, what);
      return reader.fail(`${what} has a JSON ${item.kind} in it; it must be a list of numbers`, item.offset);
    });
  const found = node.kind === "word" ? node.text : `a JSON ${node.kind}`;
  return reader.fail(`${what} is ${found}; it must be text, a number or a list of numbers`, node.offset);
}

function plainNumber(reader: ByteReader, text: string, offset: number, what: string): number {
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  return reader.fail(`${what} is ${text}; it must be a number that fits 64 bits`, offset);
}

function fail(reader: ByteReader, members: Members, key: string, reason: string): never {
  return reader.fail(reason, members.get(key)?.offset ?? 0);
}
