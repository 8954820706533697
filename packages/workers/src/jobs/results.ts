import { FormatError } from '@agop/core';
import { decodeSafetensors, encodeSafetensors } from '@agop/estimators';
import { type CandidateFits, leafFromBytes, leafToBytes, type TabularResult } from '@agop/tabular';
import * as z from 'zod/mini';

const fitsSchema = z.object({
  fits: z.array(z.object({ iteration: z.int(), ridge: z.number() })),
  learningRidges: z.array(z.number()),
});

/** What a job gave, as bytes: a fitted leaf, or the predictions of a trial by which it is judged. */
export function encodeResult(result: TabularResult): Uint8Array {
  return result.kind === 'leaf' ? leafToBytes(result.leaf) : fitsToBytes(result.fits);
}

/** What {@link encodeResult} wrote. @throws {FormatError} for anything else */
export function decodeResult(kind: TabularResult['kind'], bytes: Uint8Array): TabularResult {
  return kind === 'leaf' ? { kind, leaf: leafFromBytes(bytes) } : { kind, fits: fitsFromBytes(bytes) };
}

function fitsToBytes({ fits, learningRidges }: CandidateFits): Uint8Array {
  const tensors = Object.fromEntries(
    fits.map(({ predictions }, at) => [
      String(at),
      { dtype: 'float32' as const, shape: [predictions.length], data: predictions },
    ]),
  );
  const own = fits.map(({ iteration, ridge }) => ({ iteration, ridge }));
  return encodeSafetensors(tensors, {
    format: 'agop-trial',
    trial: JSON.stringify({ fits: own, learningRidges }),
  });
}

function fitsFromBytes(bytes: Uint8Array): CandidateFits {
  const { tensors, metadata } = decodeSafetensors(bytes);
  try {
    const { fits, learningRidges } = fitsSchema.parse(JSON.parse(metadata['trial'] ?? ''));
    return {
      learningRidges,
      fits: fits.map((fit, at) => ({ ...fit, predictions: Float32Array.from(tensors[at]?.data ?? []) })),
    };
  } catch (cause) {
    throw new FormatError('Not the result of a trial, or a damaged one.', { cause });
  }
}
