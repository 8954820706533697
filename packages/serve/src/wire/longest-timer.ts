/** Timers take no more milliseconds than this, 24.8 days: a longer one would end at once. */
export const longestTimer = 2 ** 31 - 1;
