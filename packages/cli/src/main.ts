import { isMainThread } from 'node:worker_threads';

// The main thread keeps the terminal alive (progress, Ctrl-C); the same file, loaded as a worker, does the work.
if (isMainThread) {
  const { supervise } = await import('./supervisor/supervise.ts');
  await supervise(process.argv, new URL(import.meta.url));
} else {
  const { work } = await import('./worker/work.ts');
  await work();
}
