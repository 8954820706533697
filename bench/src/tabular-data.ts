import { writeFileSync } from 'node:fs';
import { randomArray } from '@agop/core';

/** Rows that are predicted. */
export const testRows = 20_000;

/**
 * Writes a made table: columns of normal numbers of which five matter, by a product, a wave and a threshold,
 * with a tenth of noise; as numbers, or as classes of equal frequency. Float32: all rows, then all targets;
 * the last {@link testRows} rows are those of the test.
 */
export function writeMadeTable(file: string, rows: number, columns: number, classes: number): void {
  const all = rows + testRows;
  const x = randomArray(all * columns, 'normal', { seed: 1 }, 'float32');
  const noise = randomArray(all, 'normal', { seed: 2 }, 'float32');
  const y = Float32Array.from({ length: all }, (_, i) => {
    const at = (k: number) => x[i * columns + k] as number;
    const smooth = at(0) * at(1) + Math.sin(2 * at(2));
    return smooth + Math.sign(at(3)) * at(4) + 0.1 * (noise[i] as number);
  });
  const sorted = y.slice().sort();
  const borders = Array.from({ length: Math.max(0, classes - 1) }, (_, k) => {
    return sorted[Math.floor(((k + 1) * all) / classes)] as number;
  });
  const targets = classes > 0 ? y.map((value) => borders.filter((border) => value > border).length) : y;
  const bytes = new Uint8Array(x.byteLength + targets.byteLength);
  bytes.set(new Uint8Array(x.buffer));
  bytes.set(new Uint8Array(targets.buffer), x.byteLength);
  writeFileSync(file, bytes);
}
