import { OptionError } from './errors/index.ts';

/**
 * What users hand over as a backend.
 *
 * @throws {OptionError} for one that is missing, a promise of one, and anything else
 */
export function checkBackend(backend: unknown): void {
  if (backend === undefined || backend === null) {
    const message = 'There is no backend. Make one and pass it: { backend: await createCpuBackend() }.';
    throw new OptionError('backend', message);
  }
  if (typeof backend === 'object' && 'then' in backend) {
    const message = 'The backend is a promise of one. Await it: { backend: await createCpuBackend() }.';
    throw new OptionError('backend', message);
  }
  if (typeof backend === 'object' && 'dtypes' in backend && Array.isArray(backend.dtypes)) return;
  throw new OptionError('backend', {
    requirement: 'be a backend, e.g. await createCpuBackend()',
    received: backend,
  });
}
