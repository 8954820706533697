/** A worker as a process of its own, with one job at a time on one thread. */
import { startWorker } from '@agop/workers';
import { engine } from './engine.ts';

const [redis = '', root = ''] = process.argv.slice(2);
const worker = await startWorker({ redis, roots: [root], engine });
process.on('SIGTERM', () => void worker.stop().then(() => process.exit(0)));
// A benchmark that is ended leaves nobody behind.
process.on('disconnect', () => process.exit(1));
process.send?.('joined');
