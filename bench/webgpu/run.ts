import type { Device } from '@agop/core';
import { features, fitSteps, measure, type Program, programs } from './programs.ts';
import { lineOf, type Measurements, type Row } from './result.ts';

/** What is to be measured. */
export interface Plan {
  /** Orders of the products. */
  readonly products: readonly number[];
  /** Numbers of samples of the fits. */
  readonly fits: readonly number[];
  /** Names of programs. */
  readonly programs: readonly string[];
  /** Where it runs. */
  readonly where: string;
}

/** Adapters that compute on the processor: of their times nothing can be said about devices. */
export const softwarePlan = { products: [256, 512], fits: [500, 1000] } as const;
export const hardwarePlan = { products: [512, 1024, 2048, 4096], fits: [2000, 10_000] } as const;

/** Measures one program after the other; what does not run is left out with its reason. */
export async function runPlan(plan: Plan, say: (line: string) => void): Promise<Measurements> {
  const rows: Row[] = [];
  const devices: Device[] = [];
  const leftOut: string[] = [];
  for (const name of plan.programs) {
    let program: Program | undefined;
    try {
      program = await programs[name]?.();
      if (!program) throw new Error('There is no such program.');
      if (program.backend) devices.push(program.backend.device);
      for await (const row of rowsOf(program, plan)) {
        rows.push(row);
        say(lineOf(row));
      }
    } catch (error) {
      leftOut.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      say(`left out: ${leftOut.at(-1)}`);
    } finally {
      program?.close();
    }
  }
  return { date: new Date().toISOString(), where: plan.where, devices, features, rows, leftOut };
}

async function* rowsOf(program: Program, plan: Plan): AsyncGenerator<Row> {
  for (const n of plan.products) {
    using work = await program.product(n);
    yield await measure(program, work);
  }
  if (!program.backend) return;
  for (const n of plan.fits) {
    for (const step of fitSteps(program.backend, n)) {
      using work = step;
      yield await measure(program, work);
    }
  }
}
