import { arrows } from './arrows.ts';
import type { SourceFile } from './source-file.ts';

/**
 * The packages as a Mermaid graph: an arrow for each package that the product of another one imports, without
 * those that follow from others.
 */
export function drawPackages(files: readonly SourceFile[]): string {
  const imports = new Map(Object.keys(arrows).map((name) => [name, new Set<string>()]));
  for (const file of files.filter(({ product }) => product)) {
    for (const { text } of file.imports) {
      const name = /^@agop\/([\w-]+)/.exec(text)?.[1];
      if (name !== undefined && name !== file.package && name in arrows) imports.get(file.package)?.add(name);
    }
  }
  const below = (name: string): ReadonlySet<string> => imports.get(name) ?? new Set();
  const reaches = (from: string, to: string): boolean =>
    from === to || [...below(from)].some((next) => reaches(next, to));
  const lines = [...imports.keys()].toReversed().flatMap((from) =>
    [...below(from)]
      .filter((to) => ![...below(from)].some((other) => other !== to && reaches(other, to)))
      .toSorted()
      .map((to) => `  ${from} --> ${to}`),
  );
  return `\`\`\`mermaid\ngraph TD\n${lines.join('\n')}\n\`\`\``;
}
