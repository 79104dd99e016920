// What the network makes of one picture: probabilities, the first filters, and the maps of both convolutions.
//
// Decides: that all of it is one plan with one result, so that a look costs one read.

import {
  type CompiledFunction,
  compile,
  concat,
  flatten,
  type nn,
  softmax,
  type Tensor,
} from "../../src/index.ts";
import type { Activations } from "./pageTypes.ts";
import { tensorOf } from "./runData.ts";

/** After which layers of LeNet-5 the maps are taken: the two convolutions' activations. */
const FIRST_MAPS_LAYER = 1;
const SECOND_MAPS_LAYER = 4;
const FIRST_FILTERS = "0.weight";

const sizes = { probabilities: 10, filters: 6 * 5 * 5, firstMaps: 6 * 28 * 28, secondMaps: 16 * 10 * 10 };

/** Looks at pictures through a model, as it is at that moment. */
export class Observer {
  private readonly look: CompiledFunction<[Tensor], Tensor>;

  constructor(model: nn.Sequential) {
    this.look = compile((image: Tensor) => {
      const outputs: Tensor[] = [];
      let y = image;
      for (const layer of model.layers) {
        y = layer.forward(y);
        outputs.push(y);
      }
      const filters = model.stateDict().get(FIRST_FILTERS);
      if (filters === undefined) throw new Error(`The model has no ${FIRST_FILTERS}.`);
      const seen = [softmax(y), filters, outputs[FIRST_MAPS_LAYER], outputs[SECOND_MAPS_LAYER]];
      return concat(seen.map((values) => flatten(values)));
    });
  }

  /** Gray values [28, 28] seen through the network. */
  async observe(pixels: Uint8Array): Promise<Activations> {
    const image = tensorOf(pixels);
    const seen = this.look(image);
    image.dispose();
    const values = Float32Array.from(await seen.data());
    seen.dispose();
    let start = 0;
    const take = (size: number) => {
      start += size;
      return values.slice(start - size, start);
    };
    return {
      probabilities: take(sizes.probabilities),
      filters: take(sizes.filters),
      firstMaps: take(sizes.firstMaps),
      secondMaps: take(sizes.secondMaps),
    };
  }

  dispose(): void {
    this.look.dispose();
  }
}
