import stringWidth from 'string-width';

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

/**
 * Moves labels apart so that neighbours are at least `gap` from each other, in their order and with the
 * smallest total movement per group: groups that would overlap are placed around their mean.
 *
 * @param positions where the labels belong
 * @returns where they go, in the same order
 */
export function spreadLabels(positions: readonly number[], gap: number): number[] {
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
  for (const { members, start } of groups) {
    for (const [i, { index }] of members.entries()) placed[index] = start + gap * i;
  }
  return placed;
}
