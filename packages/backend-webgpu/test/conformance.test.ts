import { conformanceCases, engineCases, lifecycleCases } from '@agop/conformance';
import type { Backend } from '@agop/core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { openRuntime } from '../src/create.ts';
import { webGpuEngine } from '../src/engine.ts';
import { createWebGpuBackend } from '../src/index.ts';
import { missingDevice } from './device-at-hand.ts';

const missing = await missingDevice();

if (missing) test.skip(`LEFT OUT, conformance on a device: ${missing}`);
else describe('on a device', { timeout: 120_000 }, onDevice);

const createEngine = async () => webGpuEngine(await openRuntime({}));

function onDevice(): void {
  let backend: Backend;
  beforeAll(async () => {
    backend = await createWebGpuBackend();
  });
  afterAll(() => backend.dispose());

  for (const { group, name, run } of conformanceCases) test(`${group}: ${name}`, () => run(backend));
  for (const { name, run } of lifecycleCases) test(`life: ${name}`, () => run(() => createWebGpuBackend()));
  for (const { name, run } of engineCases) test(`engine: ${name}`, () => run(createEngine));
}
