import module from 'node:module';
import { isMainThread } from 'node:worker_threads';

// Second and later starts load compiled code. Node 20 has no such cache.
module.enableCompileCache?.();

// The main thread keeps the terminal alive (progress, Ctrl-C); the same file, loaded as a worker, does the
// work.
if (isMainThread) {
  const { supervise } = await import('./supervisor/supervise.ts');
  await supervise(process.argv, new URL(import.meta.url));
} else {
  const { work } = await import('./worker/work.ts');
  await work();
}
