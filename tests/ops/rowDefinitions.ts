// What ops make of a row, by their definitions: without axes, views and shapes, so that these are all that can go wrong.

type Row = readonly number[];

const add = (row: Row) => row.reduce((a, b) => a + b, 0);
const multiply = (row: Row) => row.reduce((a, b) => a * b, 1);
const mean = (row: Row) => add(row) / row.length;
const squares = (row: Row) => add(row.map((value) => (value - mean(row)) ** 2));
const largest = (row: Row) => Math.max(...row);
const smallest = (row: Row) => Math.min(...row);
const exps = (row: Row) => row.map(Math.exp);
const rising = (row: Row) => [...row].sort((a, b) => a - b);
/** `of` what stands up to each element. */
const running = (of: (row: Row) => number) => (row: Row) => row.map((_, at) => of(row.slice(0, at + 1)));
const logOfSum = (row: Row) => Math.log(add(exps(row)));
const length = (row: Row) => Math.sqrt(add(row.map((value) => value ** 2)));
/** Where `value` stands first. */
const placeOf = (of: (row: Row) => number) => (row: Row) => row.indexOf(of(row));

/** One number or a row of them for each row. */
export const rowDefinitions: Readonly<Record<string, (row: Row) => number | Row>> = {
  all: (row) => Number(row.every((value) => value !== 0)),
  any: (row) => Number(row.some((value) => value !== 0)),
  argmax: placeOf(largest),
  argmin: placeOf(smallest),
  countNonzero: (row) => row.filter((value) => value !== 0).length,
  cummax: running(largest),
  cummin: running(smallest),
  cumprod: running(multiply),
  cumsum: running(add),
  glu: (row) => row.map((value) => value / (1 + Math.exp(value))),
  linearScan: running((row) => row.reduce((before, value) => (value / 2) * before + value, 0)),
  logCumSumExp: running(logOfSum),
  logSoftmax: (row) => row.map((value) => value - logOfSum(row)),
  logSumExp: logOfSum,
  max: largest,
  maxWithIndices: largest,
  mean,
  median: (row) => rising(row)[(row.length - 1) >> 1],
  min: smallest,
  minWithIndices: smallest,
  norm: length,
  normalize: (row) => row.map((value) => value / length(row)),
  prod: multiply,
  softmax: (row) => exps(row).map((value) => value / add(exps(row))),
  softmin: (row) => exps(row.map((value) => -value)).map((value, _, all) => value / add(all)),
  sort: rising,
  std: (row) => Math.sqrt(squares(row) / (row.length - 1)),
  sum: add,
  topK: (row) =>
    rising(row)
      .reverse()
      .slice(0, row.length >> 1),
  variance: (row) => squares(row) / row.length,
};
