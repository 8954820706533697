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

/** Starts both clocks: what it returns stops them. */
export function startClocks(): () => { readonly seconds: number; readonly cpuSeconds: number } {
  const [begin, before] = [performance.now(), process.cpuUsage()];
  return () => {
    const seconds = (performance.now() - begin) / 1000;
    const { user, system } = process.cpuUsage(before);
    return { seconds, cpuSeconds: (user + system) / 1e6 };
  };
}
