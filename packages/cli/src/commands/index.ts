import type { Command } from '../command.ts';
import { collapse } from './collapse.ts';
import { conv } from './conv.ts';
import { evaluate } from './evaluate.ts';
import { fit } from './fit.ts';
import { grok } from './grok.ts';
import { hash } from './hash.ts';
import { info } from './info.ts';
import { inspect } from './inspect.ts';
import { nfa } from './nfa.ts';
import { predict } from './predict.ts';
import { subspace } from './subspace.ts';
import { theory } from './theory.ts';
import { worker } from './worker.ts';
import { workers } from './workers.ts';

/** All commands, in the order of the help. */
export const commands: readonly Command[] = [
  fit,
  predict,
  evaluate,
  inspect,
  subspace,
  grok,
  collapse,
  conv,
  nfa,
  hash,
  theory,
  worker,
  workers,
  info,
];
