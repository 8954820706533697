/** An import inside of a package: `from` and `to` are paths of files. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly line: number;
}

/**
 * Imports that are part of a ring: of files, of folders, or of both. Each import is looked at in the folder
 * in which the paths of its two files part, as an arrow between the entries of that folder. A ring of files
 * is a ring of entries of the folder in which all of its files are, so that one search per folder finds all
 * rings.
 */
export function rings(edges: readonly Edge[]): { ring: string[]; edges: Edge[] }[] {
  const byFolder = Map.groupBy(edges, ({ from, to }) => commonFolder(from, to));
  return [...byFolder].flatMap(([folder, own]) => {
    const entry = (path: string): string => path.slice(folder.length).split('/')[0] ?? '';
    const arrows = Map.groupBy(own, ({ from }) => entry(from));
    const reach = new Map([...arrows.keys()].map((start) => [start, reachable(start)]));
    const inRing = own.filter(({ from, to }) => reach.get(entry(to))?.has(entry(from)));
    const groups = Map.groupBy(inRing, ({ from }) => {
      const to = reach.get(entry(from)) ?? [];
      return [...to]
        .filter((other) => reach.get(other)?.has(entry(from)))
        .sort()
        .join(' ');
    });
    return [...groups].map(([names, found]) => ({
      ring: names.split(' ').map((name) => folder + name),
      edges: found,
    }));

    function reachable(start: string): Set<string> {
      const found = new Set<string>();
      const walk = (name: string): void => {
        for (const { to } of arrows.get(name) ?? []) {
          if (found.has(entry(to))) continue;
          found.add(entry(to));
          walk(entry(to));
        }
      };
      walk(start);
      return found;
    }
  });
}

/** The longest folder that two files share, with a slash at its end. */
function commonFolder(a: string, b: string): string {
  const other = b.split('/');
  const parts = a.split('/');
  const length = parts.findIndex((part, i) => part !== other[i]);
  return `${parts.slice(0, length).join('/')}/`;
}
