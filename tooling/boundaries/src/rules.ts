import { posix } from 'node:path';
import { arrows, engineFree, engines } from './arrows.ts';
import { type Edge, rings } from './rings.ts';
import type { SourceFile } from './source-file.ts';

/** A place that breaks a rule. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
}

const engineName = /^(wasm|naive|cuda|webgpu|tfjs-.+)$/;
const ownError = /^(?!(Type|Range|Syntax|Reference|Runtime|Eval|URI)Error$)\w+Error$/;

/** Everything that breaks a rule in the packages of a workspace. */
export function check(files: readonly SourceFile[]): Finding[] {
  return [...files.flatMap(checkFile), ...checkRings(files)];
}

function checkFile(file: SourceFile): Finding[] {
  const findings: Finding[] = [];
  const report = (line: number, rule: string): void => void findings.push({ path: file.path, line, rule });
  const below = arrows[file.package];
  if (below === undefined) {
    report(1, `the package ${file.package} has no line in arrows.ts, which says what it may import`);
    return findings;
  }
  const isTest = file.path.split('/')[2] === 'test';
  // A script is a program, and a program picks an engine.
  const allowed = [file.package, ...below, ...(file.product ? [] : ['backend', ...engines])];
  const mayKnow = (name: string): boolean => isTest || allowed.includes(name);

  for (const { line, text } of file.imports) {
    const named = /^@agop\/([\w-]+)/.exec(text)?.[1];
    if (named !== undefined && named in arrows && !mayKnow(named)) {
      report(line, `${file.package} may not import ${named}`);
    }
    if (text.startsWith('.') && !`${posix.join(file.path, '..', text)}/`.startsWith(`${folderOf(file)}/`)) {
      report(line, `'${text}' leads out of the package: other packages are imported by name`);
    }
  }
  for (const { line, text } of file.strings) {
    const named = /(?:^|\/)(?:packages\/|\.\.\/\.\.\/(?=[\w-]+\/(?:src|scripts)\/))([\w-]+)/.exec(text)?.[1];
    if (!isTest && named !== undefined && named in arrows && !mayKnow(named)) {
      report(line, `'${text}' names a file of ${named}, which is not below ${file.package}`);
    }
    if (file.product && engineFree.includes(file.package) && engineName.test(text)) {
      report(line, `'${text}' names an engine: ${file.package} runs on all of them`);
    }
  }
  for (const { line, text } of file.properties) {
    if (file.product && engineFree.includes(file.package) && /\bdevice\??\.details$/.test(text)) {
      report(line, `${text} is for people: an algorithm reads typed facts of the device`);
    }
  }
  const source = file.lines.join('\n');
  for (const { line, text } of file.classes) {
    const isOurs = file.package === 'core' || new RegExp(`import[^;]*\\b${text}\\b[^;]*'@agop/`).test(source);
    if (file.product && isOurs && ownError.test(text)) {
      report(line, `instanceof ${text} fails with a second copy of core: recognize errors by code`);
    }
  }
  return findings;
}

/** The folder of the package of a file. */
function folderOf({ path }: SourceFile): string {
  return path.split('/').slice(0, 2).join('/');
}

function checkRings(files: readonly SourceFile[]): Finding[] {
  const known = new Set(files.map(({ path }) => path));
  const edges = files.flatMap(({ path, imports }) =>
    imports.flatMap(({ text, line }): Edge[] => {
      if (!text.startsWith('.')) return [];
      const target = posix.join(path, '..', text);
      const to = [target, `${target}.ts`].find((candidate) => known.has(candidate));
      return to === undefined || to === path ? [] : [{ from: path, to, line }];
    }),
  );
  return rings(edges).flatMap(({ ring, edges: own }) =>
    own.map(({ from, to, line }) => ({
      path: from,
      line,
      rule: `imports ${to} in the ring ${ring.join(', ')}`,
    })),
  );
}
