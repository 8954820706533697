import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { AgopError, type Backend, formatBytes } from '@agop/core';
import type { CommandRun } from '../command.ts';
import { backendChoices } from './backends.ts';

/** What is known of one backend. */
interface BackendInfo {
  readonly name: string;
  readonly available: boolean;
  /** Why it is not available. */
  readonly reason?: string;
  /** What it runs on, in a line. */
  readonly device?: string;
  readonly dtypes?: readonly string[];
  /** Facts of its engine: threads, SIMD level, … */
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

/** `agop info`: tries every backend. */
export const runInfo: CommandRun<object> = async (_, context) => {
  const backends: BackendInfo[] = [];
  for (const { name, create } of backendChoices) {
    context.status(`Trying ${name}`);
    backends.push(await tryBackend(name, () => create({})));
    if (name === 'cpu') backends.push(await tryBackend('cpu --blas auto', () => create({ blas: 'auto' })));
  }
  const machine = {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
  };
  context.json({ backends, machine });
  context.print(
    `${machine.processor}, ${machine.cores} ${machine.cores === 1 ? 'core' : 'cores'}; ` +
      `${formatBytes(machine.memoryBytes)} of memory, ${formatBytes(machine.freeMemoryBytes)} free; ` +
      `Node ${machine.node.slice(1)} on ${machine.platform}`,
    '',
    ...backends.flatMap(describe),
  );
};

async function tryBackend(name: string, create: () => Promise<Backend>): Promise<BackendInfo> {
  try {
    using backend = await create();
    const { device, dtypes } = backend;
    return { name, available: true, device: device.description, dtypes, details: device.details };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const reason = AgopError.isInstance(error) ? message : `unexpected error: ${message}`;
    return { name, available: false, reason };
  }
}

function describe(info: BackendInfo): string[] {
  if (!info.available) return [`${info.name}: not available. ${info.reason}`, ''];
  const details = Object.entries(info.details ?? {}).map(
    ([name, value]) => `  ${name}: ${detail(name, value)}`,
  );
  return [`${info.name}: ${info.device}`, `  dtypes: ${info.dtypes?.join(', ')}`, ...details, ''];
}

function detail(name: string, value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'number' && /bytes$/i.test(name) ? formatBytes(value) : String(value);
}
