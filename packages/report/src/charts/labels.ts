import stringWidth from 'string-width';

/** Most lines of a text that is wrapped. */
const mostLines = 3;

/** About how wide a text is at 12 pixels, in pixels. There is no font to measure with. */
export function textWidth(text: string): number {
  return 6.7 * stringWidth(text);
}

/** `text`, shortened to about `limit` pixels. */
export function fitText(text: string, limit: number): string {
  if (textWidth(text) <= limit) return text;
  let kept = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (kept !== '' && textWidth(`${kept}${segment}…`) > limit) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** `text` in lines of about `limit` pixels, at most three of them; what is longer is shortened. */
export function wrapText(text: string, limit: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last !== undefined && (textWidth(longer) <= limit || lines.length === mostLines)) {
      lines[lines.length - 1] = longer;
    } else lines.push(word);
  }
  return lines.map((line) => fitText(line, limit));
}

/**
 * Moves labels apart so that neighbours are at least `gap` from each other, in their order and with the
 * smallest total movement per group: groups that would overlap are placed around their mean.
 *
 * @param positions where the labels belong
 * @param range ends between which they all go, where there is room for them
 * @returns where they go, in the same order
 */
export function spreadLabels(
  positions: readonly number[],
  gap: number,
  range: readonly [number, number] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
): number[] {
  const order = positions
    .map((position, index) => ({ position, index }))
    .sort((a, b) => a.position - b.position);
  const groups: { members: typeof order; start: number }[] = [];
  for (const label of order) {
    groups.push({ members: [label], start: label.position });
    for (
      let last = groups.at(-1), previous = groups.at(-2);
      last && previous;
      last = groups.at(-1), previous = groups.at(-2)
    ) {
      if (previous.start + gap * previous.members.length <= last.start) break;
      const members = [...previous.members, ...last.members];
      const center = members.reduce((sum, member, i) => sum + member.position - gap * i, 0) / members.length;
      groups.splice(-2, 2, { members, start: center });
    }
  }
  const placed = new Array<number>(positions.length).fill(0);
  const places = groups.flatMap(({ members, start }) => members.map((_, i) => start + gap * i));
  for (const [i, place] of withinRange(places, gap, range).entries()) {
    placed[(order[i] as (typeof order)[number]).index] = place;
  }
  return placed;
}

/** Ascending places moved into a range, from its beginning where they are too many for it. */
function withinRange(
  places: readonly number[],
  gap: number,
  [low, high]: readonly [number, number],
): number[] {
  const moved = [...places];
  for (let i = moved.length - 1, limit = high; i >= 0; i--, limit -= gap) {
    moved[i] = Math.min(moved[i] as number, limit);
  }
  for (let i = 0, limit = low; i < moved.length; i++, limit += gap) {
    moved[i] = Math.max(moved[i] as number, limit);
  }
  return moved;
}
