// The first of a worker's modules: what follows may define methods called [Symbol.dispose].
import './dispose-symbol.ts';

await import('./playground.worker.ts');
