import type { Fault } from '../fault.ts';
import { clock } from './clock.ts';
import { disk } from './disk.ts';
import { interruption } from './interruption.ts';
import { memory } from './memory.ts';
import { pipes } from './pipes.ts';
import { saves } from './saves.ts';
import { threads } from './threads.ts';

/** All faults, in the order in which they are tried. */
export const faults: readonly Fault[] = [
  ...[...saves, ...disk, ...pipes, ...threads],
  ...[...memory, ...interruption, ...clock],
];
