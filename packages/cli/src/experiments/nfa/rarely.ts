import type { Context } from '../../command.ts';

/** How often progress is told where no one is watching, in seconds. */
const quietSeconds = 10;

/** Tells all events to those who watch, and one now and then to others. */
export function rarely<Event>(tell: (event: Event, context: Context) => void) {
  let told = performance.now();
  return (event: Event, context: Context): void => {
    const now = performance.now();
    if (!context.watched && now < told + 1000 * quietSeconds) return;
    told = now;
    tell(event, context);
  };
}
