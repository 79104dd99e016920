// The page demos/digits in a browser: it learns, reads drawings, and says what is wrong.

import type { Page } from "puppeteer";
import { afterAll, beforeAll, expect, test } from "vitest";
import { centreDigit } from "../../demos/digits/centreDigit.ts";
import { generateDigits } from "../../src/data/generateDigits.ts";
import { writeIdx } from "../../src/formats/idx.ts";
import { readSafetensors } from "../../src/formats/safetensors.ts";
import {
  type DemoServer,
  giveFiles,
  savedBytes,
  serveDemos,
  startMs,
  stepOf,
  textOf,
  untilStep,
  untilText,
} from "./demoPage.ts";
import { expectRest, openPaused, trainUntil } from "./shellPage.ts";

let demos: DemoServer;

beforeAll(async () => {
  demos = await serveDemos();
}, startMs);

afterAll(() => demos?.stop());

/** Makes one step from a paused page whose step count is known, and gives the training loss of it. */
async function stepFrom(page: Page, before: number): Promise<number> {
  await page.keyboard.press(".");
  await untilStep(page, before + 1);
  expect(await stepOf(page)).toBe(before + 1);
  return Number(await textOf(page, "#train-loss"));
}

function probabilitiesOf(page: Page): Promise<number[]> {
  return page.$$eval("#answer [role=meter]", (meters) =>
    meters.map(({ ariaValueNow }) => Number(ariaValueNow)),
  );
}

async function drawOne(page: Page): Promise<void> {
  const box = await (await page.$("#pad"))?.boundingBox();
  if (!box) throw new Error("There is no pad.");
  await page.mouse.move(box.x + 0.5 * box.width, box.y + 0.15 * box.height);
  await page.mouse.down();
  await page.mouse.move(box.x + 0.48 * box.width, box.y + 0.85 * box.height, { steps: 8 });
  await page.mouse.up();
}

test("the page learns, and reads what is drawn", { timeout: 60_000 }, async () => {
  const { page, complaints } = await openPaused(demos, "digits", "v=1&batch=16&digits=500&seed=3");
  expect(await stepOf(page)).toBe(0);

  const firstLoss = await stepFrom(page, 0);
  expect(firstLoss).toBeGreaterThan(2);
  await stepFrom(page, 1);

  await trainUntil(page, 50);
  expect(Number(await textOf(page, "#test-loss"))).toBeLessThan(0.8 * firstLoss);
  await expectRest(page);

  const before = await probabilitiesOf(page);
  await page.click("#clear");
  expect(await probabilitiesOf(page)).toEqual(Array(10).fill(0));
  await drawOne(page);
  await page.waitForSelector("#answer .best");
  const after = await probabilitiesOf(page);
  expect(after).toHaveLength(10);
  expect(after).not.toEqual(before);
  expect(after.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 5);

  const { tensors, metadata } = readSafetensors(await savedBytes(page, "#download"));
  expect(tensors.get("0.weight")?.shape).toEqual([6, 1, 5, 5]);
  expect(tensors.get("11.bias")?.shape).toEqual([10]);
  expect(metadata.get("step")).toBe(String(await stepOf(page)));

  expect(complaints).toEqual([]);
  await page.close();
});

test("MNIST files are trained on, and wrong files are told", { timeout: 60_000 }, async () => {
  const { page, complaints } = await openPaused(demos, "digits", "v=1&batch=8&digits=100&seed=5");
  await page.click("#play");
  await giveFiles(page, { "holiday.jpg": [1, 2, 3] });
  await untilText(page, "#notice-text", "no file has an MNIST name");
  await untilStep(page, 1);

  const files: Record<string, number[]> = {};
  for (const [part, count] of [
    ["train", 40],
    ["t10k", 20],
  ] as const) {
    const { images, labels } = generateDigits({ count, seed: 9 });
    files[`${part}-images-idx3-ubyte`] = [...writeIdx({ shape: [count, 28, 28], data: images })];
    files[`${part}-labels-idx1-ubyte`] = [...writeIdx({ shape: [count], data: labels })];
  }
  await giveFiles(page, files);
  await untilText(page, "#notice-text", "Read 40 training and 20 test pictures.");
  await page.waitForFunction(
    () => (document.querySelector("#trainCount") as HTMLSelectElement).value === "40",
    {
      timeout: startMs,
    },
  );
  await untilStep(page, 1);
  expect(complaints).toEqual([]);
  await page.close();
});

test("a drawing is scaled to 20 pixels and centred by its mass", () => {
  const size = 100;
  const ink = new Uint8Array(size * size);
  for (let y = 10; y < 90; y++) for (let x = 60; x < 70; x++) ink[y * size + x] = 255;
  const picture = centreDigit(ink, size) ?? new Uint8Array();
  const rows = Array.from({ length: 28 }, (_, y) => Math.max(...picture.subarray(28 * y, 28 * y + 28)));
  expect(rows.map((value) => value > 0)).toEqual(Array.from({ length: 28 }, (_, y) => y >= 4 && y < 24));
  let [mass, momentX, momentY] = [0, 0, 0];
  picture.forEach((value, index) => {
    mass += value;
    momentX += value * ((index % 28) + 0.5);
    momentY += value * (Math.floor(index / 28) + 0.5);
  });
  expect(momentX / mass).toBeCloseTo(14, 1);
  expect(momentY / mass).toBeCloseTo(14, 1);
  // 80 x 10 pixels of ink become 20 x 2.5.
  expect(mass / 255).toBeCloseTo(50, 0);
  expect(centreDigit(new Uint8Array(size * size), size)).toBeUndefined();
});
