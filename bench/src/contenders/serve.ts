import { createInterface } from 'node:readline';
import type { Answer, Work } from './protocol.ts';

/** Runs a contender in this process: says hello, answers until its input ends. */
export async function serve(about: string, run: (work: Work) => Promise<Answer>): Promise<void> {
  console.log(JSON.stringify({ ready: about }));
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      console.log(JSON.stringify(await run(JSON.parse(line) as Work)));
    } catch (error) {
      console.log(JSON.stringify({ cannot: error instanceof Error ? error.message : String(error) }));
    }
  }
}
