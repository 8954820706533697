/** Some pairs of a task with their labels. */
export interface ModularSamples {
  readonly size: number;
  /** First operands, [size]. */
  readonly a: Int32Array;
  /** Second operands, [size]. */
  readonly b: Int32Array;
  /** Which of the task's operations is meant, from 0, [size]. */
  readonly operationIndex: Int32Array;
  /** Results, [size]. */
  readonly labels: Int32Array;
}

/**
 * One-hot rows [one-hot a, one-hot b], row-major [size, 2p]; with two operations a last column holds the task
 * bit, [size, 2p + 1].
 *
 * @param p modulus
 * @param taskBit whether to append the index of the operation
 */
export function encodeInputs(samples: ModularSamples, p: number, taskBit: boolean): Float64Array {
  const columns = 2 * p + (taskBit ? 1 : 0);
  const rows = new Float64Array(samples.size * columns);
  for (let i = 0; i < samples.size; i++) {
    const start = i * columns;
    rows[start + (samples.a[i] as number)] = 1;
    rows[start + p + (samples.b[i] as number)] = 1;
    if (taskBit) rows[start + 2 * p] = samples.operationIndex[i] as number;
  }
  return rows;
}

/** One-hot labels, row-major [size, p]. */
export function encodeTargets(samples: ModularSamples, p: number): Float64Array {
  const targets = new Float64Array(samples.size * p);
  for (let i = 0; i < samples.size; i++) targets[i * p + (samples.labels[i] as number)] = 1;
  return targets;
}

/** The same samples below each other. */
export function joinSamples(parts: readonly ModularSamples[]): ModularSamples {
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const join = (field: 'a' | 'b' | 'operationIndex' | 'labels'): Int32Array => {
    const joined = new Int32Array(size);
    let offset = 0;
    for (const part of parts) {
      joined.set(part[field], offset);
      offset += part.size;
    }
    return joined;
  };
  return {
    size,
    a: join('a'),
    b: join('b'),
    operationIndex: join('operationIndex'),
    labels: join('labels'),
  };
}
