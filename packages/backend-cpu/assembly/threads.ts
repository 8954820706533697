// Fork and join on atomics. The main thread opens a job, works on its tasks like everybody, closes it and
// waits for those who joined; a helper that comes late finds the job closed and waits for nobody. Tasks are
// handed out one by one from a counter, so that a core taken by another process does not hold up the rest.

import { ACTIVE, CONFIG, JOB, NEXT, OPEN, SCRATCH_BYTES, SEQUENCE, SLEEPERS } from './layout';

/** Which thread this instance is: 0 is the main thread. Globals belong to the instance, so to the thread. */
let thread: i32 = 0;

/**
 * Looks for a job before a helper goes to sleep: some 0.2 milliseconds. Waking it takes tens of microseconds,
 * on a virtual machine whose processor has halted up to half a millisecond, as long as small operations
 * themselves take. So it waits for the gaps between the operations of a fit.
 */
const LOOKS: i32 = 100000;

/** Below this much work (in fused multiply-adds or so) waking helpers costs more than it gains. */
const SERIAL_WORK: f64 = 250000.0;

/** True if 256-bit tiles were found faster than 128-bit ones. */
@inline
export function wideTiles(): bool {
  return load<i32>(CONFIG + 8) != 0;
}

/** Threads that may work on a job. */
@inline
export function threadCount(): i32 {
  return load<i32>(CONFIG) + 1;
}

/** Number of this thread; 0 is the main one. */
@inline
export function threadNumber(): i32 {
  return thread;
}

/** This thread's scratch memory, SCRATCH_BYTES long. */
@inline
export function scratch(): usize {
  return load<usize>(CONFIG + 12) + <usize>thread * SCRATCH_BYTES;
}

/** Workspace that all threads share: packed operands. */
@inline
export function workspace(): usize {
  return load<usize>(CONFIG + 16);
}

/** Runs tasks 0 .. count-1 of the function with table index `fn`; `work` estimates the whole of it. */
export function parallel(fn: i32, count: i32, work: f64): void {
  if (count < 2 || work < SERIAL_WORK || load<i32>(CONFIG) == 0) {
    for (let task = 0; task < count; task++) call_indirect<void>(fn, task);
    return;
  }
  store<i32>(JOB, fn);
  store<i32>(JOB + 4, count);
  atomic.store<i32>(NEXT, 0);
  let number = atomic.load<i32>(SEQUENCE) + 1;
  if (number == 0) number = 1;
  atomic.store<i32>(OPEN, number);
  atomic.store<i32>(SEQUENCE, number);
  if (atomic.load<i32>(SLEEPERS) != 0) atomic.notify(SEQUENCE, -1);
  takeTasks();
  atomic.store<i32>(OPEN, 0);
  while (atomic.load<i32>(ACTIVE) != 0) {}
}

function takeTasks(): void {
  const fn = load<i32>(JOB);
  const count = load<i32>(JOB + 4);
  for (;;) {
    const task = atomic.add<i32>(NEXT, 1);
    if (task >= count) return;
    call_indirect<void>(fn, task);
  }
}

/** A helper's life: waits for jobs and works on them until told to quit. */
export function serve(index: i32): void {
  thread = index;
  let seen = 0;
  for (;;) {
    seen = waitForJob(seen);
    if (atomic.load<i32>(CONFIG + 4) != 0) return;
    atomic.add<i32>(ACTIVE, 1);
    // Only after joining is it certain that the job's description stays as it is.
    if (atomic.load<i32>(OPEN) == seen) takeTasks();
    atomic.sub<i32>(ACTIVE, 1);
  }
}

function waitForJob(seen: i32): i32 {
  let looks = 0;
  let number = atomic.load<i32>(SEQUENCE);
  while (number == seen) {
    if (++looks > LOOKS) {
      looks = 0;
      atomic.add<i32>(SLEEPERS, 1);
      atomic.wait<i32>(SEQUENCE, seen, -1);
      atomic.sub<i32>(SLEEPERS, 1);
    }
    // On a word of its own: nothing but a pause, in which a thread that shares the core can work.
    atomic.add<i32>(scratch(), 0);
    number = atomic.load<i32>(SEQUENCE);
  }
  return number;
}

/** Tells the helpers to return from `serve`. */
export function quit(): void {
  atomic.store<i32>(CONFIG + 4, 1);
  atomic.add<i32>(SEQUENCE, 1);
  atomic.notify(SEQUENCE, -1);
}
