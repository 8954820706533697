/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Colours a ramp is sampled at: as many as one byte can number. */
export const rampSteps = 256;

/** A ramp's anchors, interpolated linearly, as {@link rampSteps} colours. */
export function sampleRamp(anchors: readonly string[]): Rgb[] {
  const colors = anchors.map(parseHex);
  const last = colors.length - 1;
  return Array.from({ length: rampSteps }, (_, i) => {
    const position = (i / (rampSteps - 1)) * last;
    const index = Math.min(Math.floor(position), last - 1);
    const [from, to] = [colors[index] as Rgb, colors[index + 1] as Rgb];
    const t = position - index;
    const mix = (channel: 0 | 1 | 2) => Math.round(from[channel] + t * (to[channel] - from[channel]));
    return [mix(0), mix(1), mix(2)];
  });
}

/**
 * Which of the {@link rampSteps} colours stands for `value` when `low` and `high` have the first and the
 * last.
 */
export function rampIndex(value: number, low: number, high: number): number {
  if (!(high > low)) return 0;
  const t = (value - low) / (high - low);
  return Math.min(rampSteps - 1, Math.max(0, Math.round(t * (rampSteps - 1)))) || 0;
}

/** `#rrggbb` of a colour. */
export function toHex(color: Rgb): string {
  return `#${color.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

function parseHex(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
