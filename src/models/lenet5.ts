// LeNet-5 (LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition", 1998), as it
// is built today: ReLU for tanh, maximum for trained subsampling, a linear layer for the Gaussian units at the end.

import { Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential } from "../nn/nn.ts";

/** x: [batch, 1, 28, 28]; y: logits [batch, 10]. 61,706 parameters, from "0.weight" to "11.bias". */
export function lenet5(): Sequential {
  return new Sequential(
    new Conv2d(1, 6, 5, { padding: 2 }), // [batch, 6, 28, 28]
    new ReLU(),
    new MaxPool2d(2), // [batch, 6, 14, 14]
    new Conv2d(6, 16, 5), // [batch, 16, 10, 10]
    new ReLU(),
    new MaxPool2d(2), // [batch, 16, 5, 5]
    new Flatten(),
    new Linear(16 * 5 * 5, 120),
    new ReLU(),
    new Linear(120, 84),
    new ReLU(),
    new Linear(84, 10),
  );
}
