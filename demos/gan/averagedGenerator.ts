// A generator whose weights are a running mean of another's: it draws better than those that it is the mean of, as it
// does not follow each turn of the game. After Yazıcı et al., "The unusual effectiveness of averaging in GAN training"
// (2019).

import { models, type nn, optim, type Tensor } from "../../src/index.ts";

/** The mean of `source`'s weights, of which each step keeps `decay`. */
export class AveragedGenerator {
  /** Draws with the mean, as it was when `refresh` was last called. */
  readonly model: models.DcganGenerator;
  private readonly source: models.DcganGenerator;
  private readonly average: optim.ExponentialMovingAverage;

  /** Begins as `source`, which was made with `options` and is in the hands of its optimizer. */
  constructor(source: models.DcganGenerator, options: models.DcganOptions, decay: number) {
    this.source = source;
    this.model = new models.DcganGenerator(options);
    this.average = new optim.ExponentialMovingAverage(source.parameters(), { decay });
  }

  /** Takes the source's weights up, as they now are. Part of a compiled step. */
  update(): void {
    this.average.update();
  }

  /** Brings the model up to date; running statistics are the source's, which are means already. */
  refresh(): models.DcganGenerator {
    this.average.copyTo(this.model.parameters());
    this.model.loadStateDict(this.source.namedBuffers(), { strict: false });
    return this.model;
  }

  stateDict(): Map<string, Tensor> {
    return this.refresh().stateDict();
  }

  /** Throws UsageError and ShapeError where `state` is not one of such a generator. */
  loadStateDict(state: ReadonlyMap<string, nn.StateEntry>): void {
    this.model.loadStateDict(state);
    const names = [...this.model.namedParameters().keys()];
    this.average.loadStateDict(
      new Map(
        names.flatMap((name, index) => {
          const entry = state.get(name);
          return entry === undefined ? [] : [[`${index}.average`, entry] as const];
        }),
      ),
    );
  }

  dispose(): void {
    this.model.dispose();
    this.average.dispose();
  }
}
