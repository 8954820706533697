import { parentPort, workerData } from 'node:worker_threads';
import { flagNaming } from '@agop/core/options';
import { commands } from '../commands/index.ts';
import { describeFailure } from '../failure.ts';
import type { WorkMessage, WorkOrder } from '../messages.ts';
import { workerContext } from './context.ts';

/** Does what the main thread ordered. */
export async function work(): Promise<void> {
  await carryOut(
    workerData,
    (message) => parentPort?.postMessage(message),
    () => new Promise((resolve) => parentPort?.once('message', () => resolve())),
  );
}

/**
 * Runs the command of an order, and tells how that ended.
 *
 * @param interrupted waits for an interruption
 */
export async function carryOut(
  order: WorkOrder,
  tell: (message: WorkMessage) => void,
  interrupted: () => Promise<void> = () => new Promise(() => {}),
): Promise<void> {
  const command = commands.find(({ usage }) => usage.split(' ')[0] === order.command);
  const naming = flagNaming(command?.options ?? {});
  try {
    await command?.run(order, workerContext(order, naming, tell, interrupted));
    tell({ kind: 'done', failure: undefined });
  } catch (error) {
    tell({ kind: 'done', failure: describeFailure(error, process.env, naming) });
  }
}
