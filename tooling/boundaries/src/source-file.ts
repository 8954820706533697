import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** Something a file says about another file: by an import, the URL of a worker, or a path in a string. */
interface Mention {
  readonly line: number;
  readonly text: string;
}

/** What the rules look at in a file of source. */
export interface SourceFile {
  /** Path below the root of the workspace, with `/`. */
  readonly path: string;
  /** The folder under `packages` or `apps`. */
  readonly package: string;
  /** Whether it is part of the product: neither a test nor a script. */
  readonly product: boolean;
  /** Imports, re-exports, `import()`, types by import, and `new URL(…, import.meta.url)`. */
  readonly imports: readonly Mention[];
  /** Other literal texts. */
  readonly strings: readonly Mention[];
  /** Right sides of `instanceof`. */
  readonly classes: readonly Mention[];
  /** Properties that are read, with what they are read of: `device.details`. */
  readonly properties: readonly Mention[];
  readonly lines: readonly string[];
}

/** All files of source of the packages and applications of a workspace. */
export function readSources(root: string): SourceFile[] {
  return globSync('{packages,apps}/*/{src,scripts,reproduce,codegen,assembly,test,bench}/**/*.{ts,tsx}', {
    cwd: root,
  })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !path.includes('/generated/'))
    .sort()
    .map((path) => parseSource(path, readFileSync(join(root, path), 'utf8')));
}

/** @param path below the root of the workspace: packages/NAME/FOLDER/…, or apps/NAME/… */
export function parseSource(path: string, text: string): SourceFile {
  const [, name = '', folder = ''] = path.split('/');
  const imports: Mention[] = [];
  const strings: Mention[] = [];
  const classes: Mention[] = [];
  const properties: Mention[] = [];
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const mention = (node: ts.Node, said: string): Mention => ({
    line: tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1,
    text: said,
  });
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) (leads(node) ? imports : strings).push(mention(node, node.text));
    if (ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node)) {
      strings.push(mention(node, node.text));
    }
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword) {
      classes.push(mention(node.right, node.right.getText(tree)));
    }
    if (ts.isPropertyAccessExpression(node)) properties.push(mention(node, node.getText(tree)));
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return {
    path,
    package: name,
    product: folder === 'src' || folder === 'assembly',
    imports,
    strings,
    classes,
    properties,
    lines: text.split('\n'),
  };
}

/** Whether a literal is the address of another file. */
function leads(node: ts.StringLiteralLike): boolean {
  const { parent } = node;
  if (ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent)) return true;
  if (ts.isLiteralTypeNode(parent)) return ts.isImportTypeNode(parent.parent);
  if (ts.isCallExpression(parent)) return parent.expression.kind === ts.SyntaxKind.ImportKeyword;
  return ts.isNewExpression(parent) && parent.expression.getText() === 'URL' && node.text.startsWith('.');
}
