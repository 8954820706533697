/** A worker as a process of its own: its options are JSON, as its first argument. */
import { startWorker } from '@agop/workers';

const worker = await startWorker({
  ...JSON.parse(process.argv[2] ?? '{}'),
  engine: {
    module: import.meta.resolve('@agop/backend-cpu'),
    create: 'createCpuBackend',
    options: { threads: 1 },
  },
  engineName: 'cpu',
});
process.on('SIGTERM', () => void worker.stop().then(() => process.exit(0)));
// A test that is ended leaves nobody behind.
process.on('disconnect', () => process.exit(1));
process.send?.('joined');
