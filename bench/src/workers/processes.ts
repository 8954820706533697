import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./worker-process.ts', import.meta.url));

/** Starts a worker in a process of its own, and waits until it has joined. */
export async function startWorkerProcess(redis: string, root: string): Promise<ChildProcess> {
  const args = ['-C', '@agop/source', '--experimental-wasm-revectorize', program, redis, root];
  const worker = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  await once(worker, 'message');
  return worker;
}

/** Ends a worker, after its jobs. */
export async function endWorkerProcess(worker: ChildProcess): Promise<void> {
  const ended = once(worker, 'exit');
  worker.kill('SIGTERM');
  await ended;
}
