import type { RunResult } from './collapse-runs.ts';

/** Placeholder until the pictures are drawn. */
export async function drawRuns(runs: readonly RunResult[], out: string): Promise<void> {
  console.log(`${runs.length} runs for ${out}`);
}
