/** A duration as people say it: `3 s`, `2 min 5 s`, `1 h 12 min`. */
export function describeTime(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return seconds > 0 && whole === 0 ? 'less than 1 s' : `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
