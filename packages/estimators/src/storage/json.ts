/**
 * Whether an object in a JSON text names a member twice: `JSON.parse` takes the last one, and another reader
 * the first.
 *
 * @param value what `JSON.parse` makes of the text
 */
export function namesTwice(text: string, value: unknown): boolean {
  return writtenKeys(text) !== membersOf(value);
}

/** Keys in a text that is known to be JSON. */
function writtenKeys(text: string): number {
  let keys = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) {
    at += 1;
    while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    let next = at + 1;
    while (' \t\n\r'.includes(text[next] ?? '.')) next += 1;
    if (text[next] === ':') keys += 1;
  }
  return keys;
}

/** Members of all objects in a value, however deep. */
function membersOf(value: unknown): number {
  let members = 0;
  const open = [value];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (typeof one !== 'object' || one === null) continue;
    const inside: readonly unknown[] = Object.values(one);
    if (!Array.isArray(one)) members += inside.length;
    for (const each of inside) open.push(each);
  }
  return members;
}
