import * as z from 'zod/mini';

/** Rows of a job: a file, its hash, and which rows of it. */
export const rowsReference = z.strictObject({
  /** `file:///…` or `s3://bucket/…`. */
  url: z.string().check(z.maxLength(2000), z.regex(/^(file|s3):\/\//)),
  /** SHA-256 of the header of the file, which holds those of its blocks. */
  hash: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  /** See `encodeSelection`; left out: all rows. */
  chosen: z.optional(z.string()),
});

/** {@link rowsReference} as a type. */
export type RowsReference = z.infer<typeof rowsReference>;
