/** Methods whose answer nobody else holds, so that its memory moves to the caller; they change no model. */
export const fresh: ReadonlySet<string> = new Set([
  'predict',
  'predictProba',
  'decisionFunction',
  'transform',
  'score',
  'toBytes',
]);

/** Methods that give a `tf.Tensor` for one as their first argument. */
export const givesTensors: ReadonlySet<string> = new Set([
  'predict',
  'predictProba',
  'decisionFunction',
  'transform',
]);
