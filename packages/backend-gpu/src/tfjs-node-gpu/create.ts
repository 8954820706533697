import { type Backend, UnavailableError } from '@agop/core';

export async function createTfjsNodeGpuBackend(): Promise<Backend> {
  throw new UnavailableError('to come');
}
