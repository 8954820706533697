import { spawnSync } from 'node:child_process';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { type Entry, entries, root } from './entries.ts';

/** Writes the declarations of all packages, without comments, below `folder`, laid out as the sources are. */
export function writeDeclarations(folder: string): void {
  const compiler = join(root, 'node_modules/@typescript/native/bin/tsc');
  const project = join(root, 'tsconfig.declarations.json');
  // Errors of types are told elsewhere; declarations are written all the same.
  spawnSync(process.execPath, [compiler, '--project', project, '--removeComments', '--outDir', folder]);
}

/** What an entry exports, by the declarations in `folder`: markdown, sorted by name. */
export function apiReports(folder: string, reported: readonly Entry[] = entries): Map<Entry, string> {
  const fileOf = (source: string): string => join(folder, source.replace(/\.ts$/, '.d.ts'));
  const program = ts.createProgram({
    rootNames: reported.map(({ source }) => fileOf(source)),
    options: { noLib: true, types: [], module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2024 },
    host: { ...ts.createCompilerHost({}), resolveModuleNameLiterals },
  });
  const checker = program.getTypeChecker();
  return new Map(reported.map((entry) => [entry, report(entry)]));

  /** Declarations keep the `.ts` of what they import; other packages are entered through their entries. */
  function resolveModuleNameLiterals(
    names: readonly ts.StringLiteralLike[],
    from: string,
  ): ts.ResolvedModuleWithFailedLookupLocations[] {
    return names.map(({ text }) => {
      const entry = reported.find(({ name }) => name === text);
      const file = text.startsWith('.') ? join(dirname(from), text.replace(/\.ts$/, '.d.ts')) : undefined;
      const resolvedFileName = entry ? fileOf(entry.source) : file;
      if (resolvedFileName === undefined) return { resolvedModule: undefined };
      return {
        resolvedModule: { resolvedFileName, extension: ts.Extension.Dts, isExternalLibraryImport: false },
      };
    });
  }

  function report(entry: Entry): string {
    const file = program.getSourceFile(fileOf(entry.source));
    const module = file && checker.getSymbolAtLocation(file);
    if (!module) throw new Error(`${entry.name}: no declarations in ${fileOf(entry.source)}.`);
    const own = entry.report.split('/')[0];
    const exported = new Map(
      checker.getExportsOfModule(module).map((symbol) => [target(symbol), symbol.name]),
    );
    const hidden = new Map<ts.Symbol, string>();
    const shown = [...exported].map(([symbol, name]) => {
      const other = reported.find(({ report: path }) => path === `${packageOf(symbol)}/index`);
      const isOwn = other === undefined || packageOf(symbol) === own;
      return isOwn ? print(symbol, name, collect) : `export { ${name} } from '${other.name}';`;
    });
    // Those that are not exported may name further ones: the map grows while it is gone through.
    const others: string[] = [];
    for (const [symbol, name] of hidden) others.push(print(symbol, name, collect));
    const parts = [`# ${entry.name}`, block(shown)];
    if (others.length > 0) parts.push('Named by these, and not exported here:', block(others));
    return `${parts.join('\n\n')}\n`;

    function collect(symbol: ts.Symbol): void {
      if (packageOf(symbol) === own && !exported.has(symbol)) hidden.set(symbol, symbol.name);
    }
  }

  /** The text of a symbol's declarations; `named` is told of what is in it. */
  function print(symbol: ts.Symbol, name: string, named: (symbol: ts.Symbol) => void): string {
    const declarations = symbol.declarations ?? [];
    if (packageOf(symbol) === undefined) return `export { ${name} }; // of another library`;
    const texts = declarations.map((declaration) => {
      const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
      if (ts.isSourceFile(statement)) return `export * as ${name};`;
      const visit = (node: ts.Node): void => {
        const found = ts.isIdentifier(node) && checker.getSymbolAtLocation(node);
        if (found && isTopLevel(target(found)) && target(found) !== symbol) named(target(found));
        ts.forEachChild(node, visit);
      };
      visit(statement);
      return statement
        .getText()
        .replace(/\s*#private;/, '')
        .replaceAll(/import\("[^"]*"\)\./g, '');
    });
    const renamed = symbol.name === name ? [] : [`export { ${symbol.name} as ${name} };`];
    return [...texts, ...renamed].join('\n');
  }

  function target(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  }

  function packageOf(symbol: ts.Symbol): string | undefined {
    const file = symbol.declarations?.[0]?.getSourceFile().fileName;
    const [packages, name] =
      file === undefined ? [] : relative(folder, file).replaceAll('\\', '/').split('/');
    return packages === 'packages' ? name : undefined;
  }
}

/** Whether a symbol is declared by a statement of a module, not a member or a parameter. */
function isTopLevel(symbol: ts.Symbol): boolean {
  const [declaration] = symbol.declarations ?? [];
  if (declaration === undefined) return false;
  const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  return ts.isStatement(statement) && ts.isSourceFile(statement.parent);
}

function block(declarations: readonly string[]): string {
  return `\`\`\`ts\n${declarations.toSorted().join('\n\n')}\n\`\`\``;
}
