import { expect, it } from "vitest";
import { countText, linearTicks, logTicks, powerText, reading } from "../../../demos/_shell/chartNumbers.ts";

it("has linear ticks from 0, and below it where values are", () => {
  expect(linearTicks(0, 2.3, 4)).toEqual({ least: 0, most: 3, places: [0, 1, 2, 3] });
  expect(linearTicks(-0.7, 2.3, 4).places).toEqual([-1, 0, 1, 2, 3]);
  expect(linearTicks(-40, 1, 4).places).toEqual([-40, -20, 0, 20]);
  expect(linearTicks(Number.NaN, 1, 2).places).toEqual([0, 0.5, 1]);
});

it("has logarithmic ticks around the values", () => {
  expect(logTicks(0.3, 1.7, 4)).toEqual({ least: 0.2, most: 2, places: [0.2, 0.5, 1, 2] });
  expect(logTicks(0.03, 2.7, 4)).toEqual({ least: 0.02, most: 5, places: [0.1, 1] });
  expect(logTicks(1e-9, 1, 4).places).toEqual([1e-9, 1e-6, 1e-3, 1]);
  expect(logTicks(1, 1, 4)).toEqual({ least: 1, most: 2, places: [1, 2] });
});

it("writes values with about four digits", () => {
  const values = [
    undefined,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    0,
    1.23456,
    -12.3456,
    123.456,
    1234.5,
    2.5e7,
  ];
  expect(values.map(reading)).toEqual([
    "–",
    "NaN",
    "∞",
    "0",
    "1.235",
    "-12.35",
    "123.5",
    "1\u202f235",
    "2.50e+7",
  ]);
  expect([0.5, 0.01234, 0.00001].map(reading)).toEqual(["0.500", "0.0123", "1.00e-5"]);
});

it("writes ticks short", () => {
  expect([0, 500, 1500, 2.5e6].map(countText)).toEqual(["0", "500", "1.5k", "2.5M"]);
  expect([0.0001, 0.001, 0.5, 10_000, 100_000].map(powerText)).toEqual([
    "1e-4",
    "0.001",
    "0.5",
    "10000",
    "1e5",
  ]);
});
