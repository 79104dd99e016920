import { describe, expect, expectTypeOf, it } from "vitest";
import { ArrayDataset, requireBatchSize } from "../../src/data/dataset.ts";
import { digitsDataset } from "../../src/data/digitsDataset.ts";

const points = Float32Array.of(0, 1, 10, 11, 20, 21, 30, 31);

function pointsDataset() {
  return new ArrayDataset({
    points: { kind: "float", itemShape: [2], data: points },
    classes: { kind: "index", itemShape: [], data: Int32Array.of(3, 2, 1, 0), classes: 4 },
  });
}

describe("ArrayDataset", () => {
  it("gathers items in the order asked for, twice where asked twice", () => {
    const batch = pointsDataset().gatherBatch([2, 0, 2]);
    expect(batch).toEqual({
      points: { shape: [3, 2], data: Float32Array.of(20, 21, 0, 1, 20, 21) },
      classes: { shape: [3], data: Int32Array.of(1, 3, 1) },
    });
    expect(pointsDataset().gatherBatch(new Uint32Array(0)).points).toEqual({
      shape: [0, 2],
      data: new Float32Array(0),
    });
  });

  it("types each column of a batch", () => {
    const dataset = new ArrayDataset({
      x: { kind: "float" as const, itemShape: [], data: Float32Array.of(1) },
      y: { kind: "index" as const, itemShape: [], data: Uint8Array.of(1) },
    });
    const batch = dataset.gatherBatch([0]);
    expectTypeOf(batch.x.data).toEqualTypeOf<Float32Array>();
    expectTypeOf(batch.y.data).toEqualTypeOf<Int32Array>();
  });

  it("gives copies, never its own data", () => {
    const batch = pointsDataset().gatherBatch([0]);
    batch.points.data[0] = 99;
    expect(points[0]).toBe(0);
  });

  it("scales bytes to 0 … 1, and normalizes", () => {
    const column = (normalize?: { mean: number; std: number }) =>
      new ArrayDataset({
        x: {
          kind: "float" as const,
          itemShape: [3],
          data: Uint8Array.of(0, 51, 255),
          ...(normalize && { normalize }),
        },
      }).gatherBatch([0]).x.data;
    expect(column()).toEqual(Float32Array.of(0, 0.2, 1));
    expect(column({ mean: 0.1307, std: 0.3081 })).toEqual(
      Float32Array.of(-0.1307 / 0.3081, (0.2 - 0.1307) / 0.3081, (1 - 0.1307) / 0.3081),
    );
    const floats = new ArrayDataset({
      x: {
        kind: "float" as const,
        itemShape: [2],
        data: Float32Array.of(1, 5),
        normalize: { mean: 1, std: 2 },
      },
    });
    expect(floats.gatherBatch([0]).x.data).toEqual(Float32Array.of(0, 2));
  });

  it("takes subsets of subsets", () => {
    const subset = pointsDataset().subset([3, 2, 1]).subset([2, 0]);
    expect(subset.length).toBe(2);
    expect(subset.gatherBatch([0, 1]).classes.data).toEqual(Int32Array.of(2, 0));
    expect(() => subset.gatherBatch([2])).toThrow(
      "gatherBatch: index 0 is 2; it must be a whole number from 0 to 1.",
    );
  });

  it("splits into the first and the rest", () => {
    const [first, rest] = pointsDataset().split(3);
    expect([first.length, rest.length]).toEqual([3, 1]);
    expect(first.gatherBatch([0, 1, 2]).classes.data).toEqual(Int32Array.of(3, 2, 1));
    expect(rest.gatherBatch([0]).points.data).toEqual(Float32Array.of(30, 31));
    for (const count of [0, 4, 1.5, Number.NaN]) {
      expect(() => pointsDataset().split(count)).toThrow(
        `split: count is ${count}, the data set has 4 items; both parts must have at least one.`,
      );
    }
  });

  it("refuses indices that are out of range", () => {
    for (const index of [-1, 4, 0.5, Number.NaN]) {
      const reason = `index 1 is ${index}; it must be a whole number from 0 to 3.`;
      expect(() => pointsDataset().gatherBatch([0, index])).toThrow(`gatherBatch: ${reason}`);
      expect(() => pointsDataset().subset([0, index])).toThrow(`subset: ${reason}`);
    }
  });

  it("refuses columns that do not fit", () => {
    const floats = (length: number, itemShape: number[]) => ({
      kind: "float" as const,
      itemShape,
      data: new Float32Array(length),
    });
    expect(() => new ArrayDataset({})).toThrow("ArrayDataset: there is no column; at least one is needed.");
    expect(() => new ArrayDataset({ x: floats(4, [2]), y: floats(3, []) })).toThrow(
      "ArrayDataset: the lengths differ, x has 2, y has 3; all columns must have as many items.",
    );
    expect(() => new ArrayDataset({ x: floats(5, [2]) })).toThrow(
      "ArrayDataset: x has 5 values; that must be a multiple of 2, which one item of shape [2] has.",
    );
    expect(() => new ArrayDataset({ x: floats(4, [0]) })).toThrow(
      "x has the item shape [0]; its sizes must be whole",
    );
    expect(() => new ArrayDataset({ x: { ...floats(1, []), normalize: { mean: 0, std: 0 } } })).toThrow(
      "ArrayDataset: x has normalize mean 0 and std 0; both must be finite, and std above 0.",
    );
    for (const label of [-1, 3]) {
      const data = Int32Array.of(0, label);
      expect(() => new ArrayDataset({ y: { kind: "index", itemShape: [], data, classes: 3 } })).toThrow(
        `ArrayDataset: y[1] is ${label}; it must be from 0 to 2.`,
      );
    }
  });
});

describe("requireBatchSize", () => {
  it("takes 1 to the number of items", () => {
    requireBatchSize("DataLoader", 1, 10);
    requireBatchSize("DataLoader", 10, 10);
    for (const size of [0, 11, 2.5]) {
      expect(() => requireBatchSize("DataLoader", size, 10)).toThrow(
        `DataLoader: batchSize is ${size}, the data set has 10 items; it must be a whole number from 1 to 10.`,
      );
    }
  });
});

describe("digitsDataset", () => {
  it("has one channel and integer labels", () => {
    const dataset = digitsDataset(Uint8Array.of(0, 255, 51, 102, 1, 2, 3, 4), Uint8Array.of(7, 9), {
      size: 2,
    });
    expect(dataset.length).toBe(2);
    expect(dataset.gatherBatch([0])).toEqual({
      images: { shape: [1, 1, 2, 2], data: Float32Array.of(0, 1, 0.2, 0.4) },
      labels: { shape: [1], data: Int32Array.of(7) },
    });
  });

  it("refuses lengths that differ and labels that are no class", () => {
    expect(() => digitsDataset(new Uint8Array(784), Uint8Array.of(1, 2))).toThrow(
      "images has 1, labels has 2",
    );
    expect(() => digitsDataset(new Uint8Array(784), Uint8Array.of(10))).toThrow(
      "labels[0] is 10; it must be from 0 to 9.",
    );
    expect(() => digitsDataset(new Uint8Array(783), Uint8Array.of(1))).toThrow("images has 783 values");
    expect(() => digitsDataset(new Uint8Array(1), Uint8Array.of(1), { size: 0 })).toThrow(
      "digitsDataset: size is 0",
    );
    expect(digitsDataset(new Uint8Array(784), Uint8Array.of(10), { classes: 11 }).length).toBe(1);
  });
});
