import ts from 'typescript';

/** A file of source by its path. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}

/**
 * Places where a promise is returned out of a block with `using` without being awaited: what the block owns
 * is freed before the work has ended. A call gives a promise where a function or method of its name does so
 * anywhere in the files, by `async` or by its type.
 *
 * @returns `path:line: the call`
 */
export function unawaited(files: readonly SourceText[]): string[] {
  const names = new Set(['Promise.all', ...files.flatMap(({ text }) => promising(text))]);
  return files.flatMap(({ path, text }) => {
    if (!/^\s*using /m.test(text)) return [];
    const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    const found: string[] = [];
    const visit = (node: ts.Node): void => {
      const callee = ts.isReturnStatement(node) && calleeOf(node.expression);
      if (callee && names.has(callee) && isUnderUsing(node)) {
        const { line } = tree.getLineAndCharacterOfPosition(node.getStart(tree));
        found.push(`${path}:${line + 1}: ${callee}()`);
      }
      ts.forEachChild(node, visit);
    };
    visit(tree);
    return found;
  });
}

/** Functions and methods that give promises, as text shows them: whole trees of all files would take long. */
const forms = [
  /\basync (?:function )?\*?\s*(\w+)\s*[(<]/g,
  /\b(\w+)(?: = |: )async\b/g,
  /\b(\w+)(?:<[^()\n]*>)?\([^()]*\): Promise</g,
];

function promising(text: string): string[] {
  return forms.flatMap((form) => Array.from(text.matchAll(form), ([, name = '']) => name));
}

function gives(node: ts.SignatureDeclaration): boolean {
  const flags = ts.getCombinedModifierFlags(node);
  return (flags & ts.ModifierFlags.Async) !== 0 || /^Promise</.test(node.type?.getText() ?? '');
}

/** The name of what an expression calls, if it is a call and nothing else. */
function calleeOf(expression: ts.Expression | undefined): string | undefined {
  if (!expression || !ts.isCallExpression(expression)) return undefined;
  const callee = expression.expression;
  if (ts.isIdentifier(callee)) return callee.text;
  if (!ts.isPropertyAccessExpression(callee)) return undefined;
  const isOfPromise = callee.expression.getText() === 'Promise';
  return isOfPromise ? 'Promise.all' : callee.name.text;
}

/** Whether a `using` before the node ends with the return, in a function that gives a promise itself. */
function isUnderUsing(node: ts.Node): boolean {
  let isUnder = false;
  for (let at = node.parent; at; at = at.parent) {
    if (ts.isFunctionLike(at)) return isUnder && gives(at);
    isUnder ||= ts.isBlock(at) && at.statements.some((one) => one.pos < node.pos && isUsing(one));
  }
  return false;
}

function isUsing(statement: ts.Statement): boolean {
  if (!ts.isVariableStatement(statement)) return false;
  return (statement.declarationList.flags & ts.NodeFlags.BlockScoped) === ts.NodeFlags.Using;
}
