import * as z from 'zod/mini';

/** A picture in a result: values from 0 to 1 or any others, row-major, channels last. */
export const picture = z.object({
  data: z.array(z.number()),
  height: z.int(),
  width: z.int(),
  channels: z.int(),
});

/** A picture with what stands below it. */
export const labeledPicture = z.extend(picture, { label: z.string() });

/** Cosines between some rows after a layer, row-major [rows, rows]; 0 is the input. */
export const gramPicture = z.object({ layer: z.int(), rows: z.int(), cosines: z.array(z.number()) });
