import type { CudaLibraries } from '../driver/libraries.ts';

/** The context that this thread was last given, by whom, while that can be relied on. */
let current: { readonly libraries: CudaLibraries; readonly context: number } | undefined;

/**
 * Makes a context the calling thread's, unless it is: one call for all operations until the program returns
 * to the event loop. After that others in the process may have put another one there, so it is said again.
 *
 * @returns the driver's status
 */
export function makeCurrent(libraries: CudaLibraries, context: number): number {
  if (current?.libraries === libraries && current.context === context) return 0;
  const status = libraries.driver.cuCtxSetCurrent(context);
  if (current === undefined) queueMicrotask(forget);
  current = status === 0 ? { libraries, context } : undefined;
  return status;
}

function forget(): void {
  current = undefined;
}
