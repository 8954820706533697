// A thread of the process that tries inputs. It ends the process, with all that it has started, once the
// process that gave the inputs has gone: an input that hangs keeps the main thread from seeing that.
import { Socket } from 'node:net';
import { killWithChildren } from './process-group.ts';

/** The pipe that the parent holds open for as long as it lives, see `trial.ts`. */
const fromParent = new Socket({ fd: 4, readable: true, writable: false });
const end = (): void => killWithChildren(process.pid);
fromParent.once('end', end).once('error', end).resume();
