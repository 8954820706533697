/** Lets timers, input and signals be handled. Browsers have no setImmediate; a timer takes longer there. */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
