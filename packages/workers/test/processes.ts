import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { QueueWorkerOptions } from '@agop/workers';

const program = fileURLToPath(new URL('./worker-process.ts', import.meta.url));

/** Starts a worker in a process of its own, and waits until it has joined. */
export async function startProcess(
  options: Pick<QueueWorkerOptions, 'redis' | 'roots'> & Partial<QueueWorkerOptions>,
): Promise<ChildProcess> {
  const args = ['-C', '@agop/source', '--experimental-wasm-revectorize', program, JSON.stringify(options)];
  const worker = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const first = await Promise.race([once(worker, 'message'), once(worker, 'exit')]);
  if (first[0] !== 'joined') throw new Error(`A worker did not join: ${first}`);
  return worker;
}

/** Ends processes at once. */
export async function killAll(processes: Iterable<ChildProcess>): Promise<void> {
  for (const one of processes) {
    if (one.exitCode !== null || one.signalCode !== null) continue;
    const ended = once(one, 'exit');
    one.kill('SIGKILL');
    await ended;
  }
}
