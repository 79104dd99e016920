// A generator whose weights are a running mean of another's: it draws better than any of those that it is the mean of,
// as it does not follow each turn of the game. After Yazıcı et al., "The unusual effectiveness of averaging in GAN
// training" (2019).

import {
  add,
  assignAll,
  broadcastTo,
  div,
  type Engine,
  minimum,
  models,
  mul,
  type nn,
  sub,
  type Tensor,
  tensor,
} from "../../src/index.ts";

/** Updates after which the mean is as long as it is short in the beginning, when it should forget soon. */
const WARM_UP = 10;

/** The mean of `source`, of which `keep` stays at each step. */
export class AveragedGenerator {
  readonly model: models.DcganGenerator;
  private readonly source: models.DcganGenerator;
  private readonly keep: number;
  /** Updates so far. */
  private readonly count: Tensor;

  /** Begins as `source`, to which `options` belong. */
  constructor(engine: Engine, source: models.DcganGenerator, options: models.DcganOptions, keep: number) {
    this.source = source;
    this.keep = keep;
    this.model = new models.DcganGenerator(options);
    this.model.loadStateDict(source.stateDict());
    this.count = tensor([0], [], { engine });
  }

  /** Takes the source's weights up, as they now are. Part of a compiled step. */
  update(): void {
    const { count } = this;
    const share = minimum(div(add(count, 1), add(count, WARM_UP)), this.keep);
    const current = this.source.parameters();
    assignAll([
      [count, add(count, 1)],
      ...this.model.parameters().map((mean, index): [Tensor, Tensor] => {
        const way = sub(current[index], mean);
        return [mean, add(mean, mul(way, sub(1, broadcastTo(share, mean.shape))))];
      }),
    ]);
  }

  /** Takes the source's running statistics, which are means already. */
  takeStatistics(): models.DcganGenerator {
    this.model.loadStateDict(this.source.namedBuffers(), { strict: false });
    return this.model;
  }

  /** The mean as it is saved, and how many updates it is of. */
  stateDict(): Map<string, Tensor> {
    return new Map([...this.takeStatistics().stateDict(), ["count", this.count]]);
  }

  loadStateDict(state: ReadonlyMap<string, nn.StateEntry>): void {
    this.model.loadStateDict(new Map([...state].filter(([name]) => name !== "count")));
    this.count.write(state.get("count")?.data ?? [0]);
  }

  dispose(): void {
    this.model.dispose();
    this.count.dispose();
  }
}
