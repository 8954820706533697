import * as tf from '@tensorflow/tfjs';

/** The constants of `selu`. Source: Klambauer et al. 2017. */
const [seluScale, seluAlpha] = [1.0507009873554805, 1.6732632423543772];

/**
 * tfjs keeps the results of the first of these operations for their gradients, and then loses that a result
 * depends on its argument: second derivatives through them lack a term, without any error (tfjs issue 3252,
 * open since 2020). The gradients of the last ones compare, which tfjs cannot differentiate. These start from
 * the argument, and do not compare.
 */
const gradients: readonly tf.GradConfig[] = [
  fromArgument('Tanh', (x) => tf.sub(1, tf.square(tf.tanh(x)))),
  fromArgument('Sigmoid', (x) => tf.mul(tf.sigmoid(x), tf.sigmoid(tf.neg(x)))),
  fromArgument('Exp', (x) => tf.exp(x)),
  fromArgument('Elu', (x) => tf.exp(tf.minimum(x, 0))),
  {
    kernelName: 'Softmax',
    inputsToSave: ['logits'],
    gradFunc: (dy, [logits]) => ({
      logits: () => {
        const y = tf.softmax(logits as tf.Tensor);
        const weighted = tf.mul(dy as tf.Tensor, y);
        return tf.sub(weighted, tf.mul(tf.sum(weighted, -1, true), y));
      },
    }),
  },
  fromArgument('Selu', (x) =>
    tf.mul(sides(x, tf.scalar(1), tf.mul(tf.exp(tf.minimum(x, 0)), seluAlpha)), seluScale),
  ),
  fromArgument('LeakyRelu', (x, attributes) =>
    sides(x, tf.scalar(1), tf.scalar(Number(attributes['alpha']))),
  ),
];

/** One value where x is positive, another elsewhere. */
function sides(x: tf.Tensor, positive: tf.Tensor, other: tf.Tensor): tf.Tensor {
  const mask = tf.step(x);
  return tf.add(tf.mul(mask, positive), tf.mul(tf.sub(1, mask), other));
}

function fromArgument(
  kernelName: string,
  derivative: (x: tf.Tensor, attributes: tf.NamedAttrMap) => tf.Tensor,
): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attributes) => ({
      x: () => tf.mul(dy as tf.Tensor, derivative(x as tf.Tensor, attributes)),
    }),
  };
}

/**
 * Runs `work` so that what it computes can be differentiated twice. tfjs's own gradients are back afterwards.
 */
export function twiceDifferentiable<T>(work: () => T): T {
  const own = gradients.map(({ kernelName }) => tf.getGradient(kernelName));
  for (const gradient of gradients) tf.registerGradient(gradient);
  try {
    return work();
  } finally {
    for (const gradient of own) tf.registerGradient(gradient);
  }
}
