import { parentPort, workerData } from 'node:worker_threads';
import { flagNaming } from '@agop/core/options';
import { commands } from '../commands/index.ts';
import { describeFailure, type Failure } from '../failure.ts';
import type { WorkMessage, WorkOrder } from '../messages.ts';
import { workerContext } from './context.ts';

/** Runs the command that the main thread ordered, and tells it how that ended. */
export async function work(): Promise<void> {
  const order: WorkOrder = workerData;
  const tell = (message: WorkMessage) => parentPort?.postMessage(message);
  const command = commands.find(({ usage }) => usage.split(' ')[0] === order.command);
  const naming = flagNaming(command?.options ?? {});
  let failure: Failure | undefined;
  try {
    await command?.run(order, workerContext(order, naming, tell));
  } catch (error) {
    failure = describeFailure(error, process.env, naming);
  }
  tell({ kind: 'done', failure });
}
