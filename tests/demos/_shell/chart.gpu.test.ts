// Charts and their tools in a page: what is shown, read out and saved, and what keys, pointer and switches do.

import { beforeEach, describe, expect, test, vi } from "vitest";
import { Chart } from "../../../demos/_shell/chart.ts";
import type { ChartSeries } from "../../../demos/_shell/chartLines.ts";
import { ChartTools } from "../../../demos/_shell/chartTools.ts";
import { find } from "../../../demos/_shell/elements.ts";
import { RunLog } from "../../../demos/_shell/runLog.ts";

import "../../../demos/_shell/shell.css";
import "../../../demos/_shell/chart.css";
import { soon } from "../../setup/soon.ts";

const series: ChartSeries[] = [
  { name: "loss", label: "training", colour: "--curve-one", isDashed: false, isSmoothed: true },
  { name: "test", label: "held out", colour: "--curve-two", isDashed: true, isSmoothed: false },
];

let log: RunLog;
let figure: HTMLElement;
let tools: HTMLElement;
let chart: Chart;

beforeEach(() => {
  const frame = document.createElement("div");
  frame.style.width = "400px";
  figure = document.createElement("figure");
  figure.className = "chart";
  tools = document.createElement("div");
  frame.append(figure, tools);
  document.body.replaceChildren(frame);
  log = new RunLog();
  chart = new Chart(figure, { title: "Loss", unit: "nats", log, series, leastTop: 1, format: String });
  new ChartTools(tools, { log, charts: [chart], title: "A page", fileName: "page" });
});

/** Starts a run with losses 1, 2, … at the steps 10, 20, …, not smoothed. */
function begin(settings: Record<string, string>, count: number): void {
  setSmoothing("0");
  log.begin(settings);
  log.add(
    "loss",
    Array.from({ length: count }, (_, i) => ({ step: 10 * (i + 1), value: i + 1 })),
  );
}

function setSmoothing(value: string): void {
  const range = find("input[type=range]", HTMLInputElement, tools);
  range.value = value;
  range.dispatchEvent(new Event("input"));
}

async function nextFrame(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
}

function buttonOf(name: string): HTMLButtonElement {
  const found = [...tools.querySelectorAll("button")].find((button) => button.textContent?.startsWith(name));
  if (found === undefined) throw new Error(`no button ${name}`);
  return found;
}

const plot = () => find(".chart-plot", HTMLElement, figure);
const legend = () => [...figure.querySelectorAll(".chart-value")].map(({ textContent }) => textContent);
const stepShown = () => find(".chart-step", HTMLElement, figure).textContent;
const spoken = () => find("[aria-live]", HTMLElement, figure).textContent;
const press = (key: string) => plot().dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));

/** How many pixels of the picture have the colour of a custom property. */
function pixelsOf(property: string): number {
  const canvas = chart.picture();
  const context = canvas?.getContext("2d");
  if (canvas === undefined || !context) return 0;
  const wanted = getComputedStyle(document.documentElement).getPropertyValue(property).trim().slice(1);
  const [red, green, blue] = [0, 2, 4].map((at) => Number.parseInt(wanted.slice(at, at + 2), 16));
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let i = 0; i < data.length; i += 4) {
    const isLike = (at: number, value: number) => data[i + at] === value;
    if (data[i + 3] === 255 && isLike(0, red) && isLike(1, green) && isLike(2, blue)) count += 1;
  }
  return count;
}

describe("a chart", () => {
  test("shows and says the latest values", async () => {
    expect(chart.describe()).toBe("Loss by step. Nothing is measured yet.");
    begin({ seed: "1" }, 5);
    await nextFrame();
    expect(stepShown()).toBe("step 50");
    expect(legend()).toEqual(["5.000", "–"]);
    expect(chart.describe()).toBe("Loss by step. At step 50: training 5.000 nats, held out not measured.");
    await soon(() => expect(plot().ariaLabel).toBe(chart.describe()));
  });

  test("draws the lines of its series, and none of a run that is hidden", async () => {
    begin({ seed: "1" }, 5);
    expect(pixelsOf("--curve-one")).toBeGreaterThan(50);
    expect(pixelsOf("--curve-two")).toBe(0);
    log.setVisible(1, false);
    expect(pixelsOf("--curve-one")).toBe(0);
  });

  test("leaves a gap at what is no number", async () => {
    begin({ seed: "1" }, 40);
    const whole = pixelsOf("--curve-one");
    log.begin({ seed: "2" });
    log.remove(1);
    log.add(
      "loss",
      Array.from({ length: 40 }, (_, i) => ({ step: 10 * (i + 1), value: i % 4 === 1 ? Number.NaN : i + 1 })),
    );
    const broken = pixelsOf("--curve-one");
    expect(broken).toBeGreaterThan(0);
    // Two of every four stretches between points are gone.
    expect(broken).toBeLessThan(0.75 * whole);
  });

  test("is read by keys, which keep their step while points come", async () => {
    begin({ seed: "1" }, 30);
    await nextFrame();
    plot().focus();
    press("ArrowLeft");
    expect([stepShown(), legend()[0], spoken()]).toEqual([
      "step 290",
      "29.00",
      "Step 290: training 29.00 nats, held out not measured",
    ]);
    press("PageDown");
    expect(stepShown()).toBe("step 260");
    log.add("loss", [{ step: 5000, value: 1 }]);
    await nextFrame();
    expect(stepShown()).toBe("step 260");
    press("Home");
    press("ArrowLeft");
    expect(legend()[0]).toBe("1.000");
    press("End");
    expect(stepShown()).toBe("step 5\u202f000");
    press("Home");
    press("Escape");
    expect([stepShown(), spoken()]).toEqual(["step 5\u202f000", ""]);
  });

  test("shows the values at the pointer", async () => {
    begin({ seed: "1" }, 40);
    await nextFrame();
    const over = find(".u-over", HTMLElement, figure);
    const { left, top, width } = over.getBoundingClientRect();
    const move = (type: string) =>
      over.dispatchEvent(
        new MouseEvent(type, { clientX: left + width / 2, clientY: top + 20, bubbles: true }),
      );
    move("mouseenter");
    move("mousemove");
    await soon(() => expect(stepShown()).toBe("step 200"));
    expect(legend()[0]).toBe("20.00");
    move("mouseleave");
    await soon(() => expect(stepShown()).toBe("step 400"));
  });

  test("is not drawn while it is hidden, and again when it is seen", async () => {
    figure.hidden = true;
    begin({ seed: "1" }, 5);
    await nextFrame();
    expect(chart.picture()).toBeUndefined();
    expect(stepShown()).toBe("");
    figure.hidden = false;
    await soon(() => expect(stepShown()).toBe("step 50"));
  });
});

describe("the tools", () => {
  test("have a logarithmic axis only where all values are above 0", async () => {
    begin({ seed: "1" }, 5);
    await nextFrame();
    const button = buttonOf("Log");
    const reason = find(".chart-reason", HTMLElement, tools);
    button.click();
    expect(button.getAttribute("aria-pressed")).toBe("true");
    expect(reason.hidden).toBe(true);
    log.add("loss", [{ step: 60, value: 0 }]);
    await nextFrame();
    expect(find(".chart-linear", HTMLElement, figure).hidden).toBe(false);
    expect(reason.hidden).toBe(false);
    expect(button.getAttribute("aria-disabled")).toBe("true");
    expect(button.getAttribute("aria-describedby")).toBe(reason.id);
    button.click();
    expect(button.getAttribute("aria-pressed")).toBe("true");
  });

  test("smooth the lines", async () => {
    begin({ seed: "1" }, 2);
    setSmoothing("0.5");
    await nextFrame();
    expect(legend()[0]).toBe("1.667");
    expect(find("output", HTMLElement, tools).textContent).toBe("0.50");
  });

  test("list the runs by what differs; rows keep the focus while others come", async () => {
    begin({ seed: "1" }, 3);
    begin({ seed: "2" }, 4);
    await nextFrame();
    const namesOf = () =>
      [...tools.querySelectorAll<HTMLInputElement>(".chart-runs input:not([type])")].map(
        ({ value, placeholder }) => value || placeholder,
      );
    expect(namesOf()).toEqual(["seed 2", "seed 1"]);
    const name = find("[aria-label='Name of run 1']", HTMLInputElement, tools);
    name.focus();
    begin({ seed: "3" }, 4);
    await nextFrame();
    expect(document.activeElement).toBe(name);
    name.value = "first";
    name.dispatchEvent(new Event("change"));
    expect(log.runs[0].ownName).toBe("first");
    find("[aria-label='Show run 2']", HTMLInputElement, tools).click();
    find("[aria-label='Keep run 1']", HTMLButtonElement, tools).click();
    expect(log.runs.map(({ isVisible, isPinned }) => [isVisible, isPinned])).toEqual([
      [true, true],
      [false, false],
      [true, false],
    ]);
    expect(find("[aria-label='Remove run 3']", HTMLButtonElement, tools).disabled).toBe(true);
    find("[aria-label='Remove run 2']", HTMLButtonElement, tools).click();
    await nextFrame();
    expect(namesOf()).toEqual(["seed 3", "first"]);
  });

  test("show a table, which goes on with the run", async () => {
    const place = find(".chart-tables", HTMLElement, tools);
    begin({ seed: "1" }, 2);
    await nextFrame();
    expect(getComputedStyle(place).display).toBe("none");
    buttonOf("Table").click();
    expect(buttonOf("Table").getAttribute("aria-expanded")).toBe("true");
    const table = find("table", HTMLTableElement, tools);
    const cells = () => [...table.rows].map((row) => [...row.cells].map(({ textContent }) => textContent));
    expect(table.caption?.textContent).toBe("Loss, nats");
    expect(cells()).toEqual([
      ["step", "training", "held out"],
      ["10", "1.000", "–"],
      ["20", "2.000", "–"],
    ]);
    log.add("loss", [{ step: 30, value: 3 }]);
    await soon(() => expect(cells()[3]).toEqual(["30", "3.000", "–"]));
  });

  test("save the points and a picture", async () => {
    begin({ seed: "1" }, 2);
    await nextFrame();
    const saved: [name: string, blob: Blob][] = [];
    const blobs: Blob[] = [];
    vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => {
      blobs.push(blob as Blob);
      return "#";
    });
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
      saved.push([this.download, blobs[blobs.length - 1]]);
    });
    try {
      buttonOf("CSV").click();
      buttonOf("PNG").click();
      await soon(() => expect(saved.map(([name]) => name)).toEqual(["page.csv", "page.png"]));
    } finally {
      vi.restoreAllMocks();
    }
    expect(await saved[0][1].text()).toBe("run,seed,step,loss\r\nthis run,1,10,1\r\nthis run,1,20,2\r\n");
    const picture = await createImageBitmap(new Blob([saved[1][1]], { type: "image/png" }));
    expect(picture.width).toBe(Math.round((400 + 2 * 16) * devicePixelRatio));
  });
});
