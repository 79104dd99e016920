import { describe, expect, it } from "vitest";
import { RunLog } from "../../../demos/_shell/runLog.ts";

const points = (count: number) => Array.from({ length: count }, (_, i) => ({ step: i + 1, value: i / 2 }));

/** A log with a run of three points for each of `settings`. */
function logOf(...settings: Record<string, string>[]): RunLog {
  const log = new RunLog();
  for (const one of settings) {
    log.begin(one);
    log.add("loss", points(3));
  }
  return log;
}

const numbersOf = (log: RunLog) => log.runs.map(({ id }) => id);
const namesOf = (log: RunLog) => log.runs.map((run) => log.nameOf(run));

describe("runs", () => {
  it("adds to the current one alone", () => {
    const log = logOf({ seed: "1" }, { seed: "2" });
    log.add("loss", [{ step: 4, value: 9 }]);
    expect(log.runs.map(({ curves }) => curves.get("loss")?.length)).toEqual([3, 4]);
    expect(log.current).toBe(log.runs[1]);
  });

  it("adds to none where there is none", () => {
    const log = new RunLog();
    log.add("loss", points(3));
    expect(log.runs).toEqual([]);
  });

  it("keeps six: the oldest that is not pinned goes", () => {
    const seeds = Array.from({ length: 6 }, (_, i) => ({ seed: String(i) }));
    const log = logOf(...seeds);
    log.setPinned(1, true);
    log.begin({ seed: "7" });
    log.add("loss", points(3));
    expect(numbersOf(log)).toEqual([1, 3, 4, 5, 6, 7]);
    for (const { id } of log.runs) log.setPinned(id, true);
    log.begin({ seed: "8" });
    expect(numbersOf(log)).toEqual([3, 4, 5, 6, 7, 8]);
  });

  it("forgets a run that came to fewer than two points, and gives its number again", () => {
    const log = logOf({ seed: "1" });
    log.begin({ seed: "2" });
    log.add("loss", points(1));
    expect(log.begin({ seed: "3" })).toBe(2);
    expect(log.runs.map(({ settings }) => settings.seed)).toEqual(["1", "3"]);
  });

  it("shows what came before in a run that goes on", () => {
    const log = new RunLog();
    log.begin({ seed: "1" }, { loss: points(5), test: [{ step: 5, value: 1 }] });
    log.add("loss", [{ step: 6, value: 0 }]);
    expect(log.current?.curves.get("loss")?.steps).toEqual([1, 2, 3, 4, 5, 6]);
    expect(log.current?.curves.get("test")?.values).toEqual([1]);
  });

  it("takes a run that goes on for the current one of the same settings, but not one that begins again", () => {
    const log = logOf({ seed: "1" });
    log.rename(1, "mine");
    log.begin({ seed: "1" }, { loss: points(2) });
    expect(log.runs.map(({ id, ownName, curves }) => [id, ownName, curves.get("loss")?.length])).toEqual([
      [1, "mine", 2],
    ]);
    log.begin({ seed: "1" }, { loss: [], test: [{ step: 0, value: 1 }] });
    expect(numbersOf(log)).toEqual([1, 2]);
    log.begin({ seed: "2" }, { loss: points(2) });
    expect(numbersOf(log)).toEqual([1, 2]);
  });

  it("removes any; after the current one there is none until the next begins", () => {
    const log = logOf({ seed: "1" }, { seed: "2" });
    log.remove(2);
    log.remove(9);
    expect(numbersOf(log)).toEqual([1]);
    expect(log.current).toBeUndefined();
    log.add("loss", [{ step: 9, value: 1 }]);
    expect(log.runs[0].curves.get("loss")?.length).toBe(3);
    expect(log.begin({ seed: "2" })).toBe(2);
  });

  it("tells of every change, and of other runs by another version", () => {
    const log = logOf({ seed: "1" }, { seed: "2" });
    let count = 0;
    const end = log.onChange(() => {
      count += 1;
    });
    const { version } = log;
    log.add("loss", [{ step: 4, value: 1 }]);
    expect([count, log.version]).toEqual([1, version]);
    log.setVisible(1, false);
    expect(count).toBe(2);
    expect(log.version).not.toBe(version);
    expect(log.runs[0].isVisible).toBe(false);
    end();
    log.remove(1);
    expect(count).toBe(2);
  });
});

describe("names", () => {
  it("say what differs", () => {
    const log = logOf({ seed: "1", rate: "0.1", batch: "64" }, { seed: "2", rate: "0.01", batch: "64" });
    expect(namesOf(log)).toEqual(["seed 1, rate 0.1", "seed 2, rate 0.01"]);
  });

  it("say little where there is nothing to tell apart", () => {
    expect(namesOf(logOf({ seed: "1" }))).toEqual(["this run"]);
    expect(namesOf(logOf({ seed: "1" }, { seed: "1" }))).toEqual(["run 1", "run 2"]);
    expect(namesOf(logOf({ seed: "1" }, { seed: "2" }, { seed: "1" }))).toEqual([
      "seed 1, run 1",
      "seed 2",
      "seed 1, run 3",
    ]);
  });

  it("are what the visitor gives, until that is taken away", () => {
    const log = logOf({ seed: "1" }, { seed: "2" });
    log.rename(2, "  best ");
    expect(namesOf(log)).toEqual(["seed 1", "best"]);
    log.rename(2, " ");
    expect(namesOf(log)).toEqual(["seed 1", "seed 2"]);
  });
});

describe("CSV", () => {
  it("has a line for each step of each run", () => {
    const log = new RunLog();
    log.begin({ seed: "1" });
    log.add("loss", [
      { step: 1, value: 0.5 },
      { step: 2, value: Number.NaN },
      { step: 3, value: 1e-7 },
    ]);
    log.add("test", [{ step: 3, value: 2 }]);
    log.begin({ seed: "2", rate: "0.1" });
    log.add("loss", [{ step: 10, value: 4 }]);
    expect(log.toCsv()).toBe(
      [
        "run,seed,rate,step,loss,test",
        "seed 1,1,,1,0.5,",
        "seed 1,1,,2,NaN,",
        "seed 1,1,,3,1e-7,2",
        '"seed 2, rate 0.1",2,0.1,10,4,',
        "",
      ].join("\r\n"),
    );
    expect(log.toCsv(["test"])).toBe("run,seed,rate,step,test\r\nseed 1,1,,3,2\r\n");
  });

  it("quotes what has a comma, a quote or a line's end in it", () => {
    const log = logOf({ text: 'a "b"\nc' });
    log.rename(1, "one, two");
    expect(log.toCsv().split("\r\n")[1]).toBe('"one, two","a ""b""\nc",1,0');
  });
});
