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
  const trees = files.map(({ path, text }) => ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  const names = new Set(['Promise.all']);
  const collect = (node: ts.Node): void => {
    const name = promising(node);
    if (name !== undefined) names.add(name);
    ts.forEachChild(node, collect);
  };
  for (const tree of trees) collect(tree);
  return trees.flatMap((tree) => {
    const found: string[] = [];
    const visit = (node: ts.Node): void => {
      const callee = ts.isReturnStatement(node) && calleeOf(node.expression);
      if (callee && names.has(callee) && isUnderUsing(node)) {
        const { line } = tree.getLineAndCharacterOfPosition(node.getStart(tree));
        found.push(`${tree.fileName}:${line + 1}: ${callee}()`);
      }
      ts.forEachChild(node, visit);
    };
    visit(tree);
    return found;
  });
}

/** The name under which a declaration makes a function that gives a promise. */
function promising(node: ts.Node): string | undefined {
  const isNamed =
    ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isMethodSignature(node);
  if (isNamed) return node.name && ts.isIdentifier(node.name) && gives(node) ? node.name.text : undefined;
  if (!ts.isVariableDeclaration(node) && !ts.isPropertyAssignment(node)) return undefined;
  const { name, initializer: made } = node;
  const isMade = made && (ts.isArrowFunction(made) || ts.isFunctionExpression(made)) && gives(made);
  return isMade && ts.isIdentifier(name) ? name.text : undefined;
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
