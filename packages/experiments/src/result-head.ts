import * as z from 'zod/mini';

/** What the results of all experiments begin with; `summary` is what `--json` prints. */
export function resultHead<const Name extends string, Summary>(experiment: Name, summary: Summary) {
  return {
    experiment: z.literal(experiment),
    /** Raised when old programs could not read new results. */
    version: z.literal(1),
    summary,
  };
}
