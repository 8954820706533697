import { parentPort, workerData } from 'node:worker_threads';
import { commands } from '../commands/index.ts';
import { describeFailure, type Failure } from '../failure.ts';
import type { WorkMessage, WorkOrder } from '../messages.ts';
import { OptionValues } from '../options.ts';
import { workerContext } from './context.ts';

/** Runs the command that the main thread ordered, and tells it how that ended. */
export async function work(): Promise<void> {
  const order: WorkOrder = workerData;
  const tell = (message: WorkMessage) => parentPort?.postMessage(message);
  const options = new OptionValues(order.options);
  let failure: Failure | undefined;
  try {
    const command = commands.find(({ usage }) => usage.split(' ')[0] === order.command);
    if (command === undefined) throw new Error(`There is no command '${order.command}'.`);
    const run = await command.load();
    await run(
      { args: order.args, options, commandLine: order.commandLine },
      workerContext(order, options, tell),
    );
  } catch (error) {
    failure = describeFailure(error, process.env);
  }
  tell({ kind: 'done', failure });
}
