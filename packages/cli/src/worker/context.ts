import { type OptionNaming, say } from '@agop/core';
import { writeFileAtomically } from '@agop/estimators';
import type { Context } from '../command.ts';
import type { WorkMessage, WorkOrder } from '../messages.ts';

/** A command's view of the outside, by messages to the main thread. */
export function workerContext(
  order: WorkOrder,
  naming: OptionNaming,
  tell: (message: WorkMessage) => void,
  interrupted: () => Promise<void>,
): Context {
  const isJson = order.options['json'] === true;
  const busy = new Int32Array(order.busy);
  const uninterrupted: Context['uninterrupted'] = async (work) => {
    Atomics.add(busy, 0, 1);
    try {
      return await work();
    } finally {
      Atomics.sub(busy, 0, 1);
    }
  };
  return {
    columns: order.columns,
    color: order.color,
    watched: order.watched,
    say: (words) => say(words, naming),
    print: (...lines) => {
      if (!isJson) tell({ kind: 'out', text: lines.map((line) => `${line}\n`).join('') });
    },
    json: (value) => {
      if (isJson) tell({ kind: 'raw', text: `${jsonText(value)}\n` });
    },
    write: (text) => tell({ kind: 'raw', text }),
    note: (remark) => tell({ kind: 'note', line: say(remark, naming) }),
    status: (text) => {
      if (order.watched) tell({ kind: 'progress', text, secondsLeft: undefined });
    },
    progress: (text, secondsLeft) => tell({ kind: 'progress', text, secondsLeft }),
    live: (lines) => {
      if (order.watched) tell({ kind: 'live', lines });
    },
    interruption: (words) => {
      tell({ kind: 'interruptible', words });
      return interrupted();
    },
    kept: (words) => tell({ kind: 'kept', words: say(words, naming) }),
    uninterrupted,
    writeFile: (path, content) =>
      uninterrupted(() =>
        writeFileAtomically(path, typeof content === 'string' ? new TextEncoder().encode(content) : content),
      ),
  };
}

/** JSON without raw control characters: those that JSON allows may turn a terminal's text around. */
function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
