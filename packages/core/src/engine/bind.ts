/** Functions of a context and their arguments. */
type Kernels<Context> = Readonly<Record<string, (context: Context, ...rest: never[]) => unknown>>;

/** The same functions without their first argument. */
type Bound<Context, Table> = {
  readonly [Name in keyof Table]: Table[Name] extends (context: Context, ...rest: infer Rest) => infer Result
    ? (...rest: Rest) => Result
    : never;
};

/**
 * Binds a table of kernels to what all of them work with: a runtime, a device. So an engine is a list of
 * functions.
 *
 * @example
 * const kernels = bind(runtime, { copyRows, gather, matmul }); // matmul(runtime, a, b, terms, out)
 * kernels.matmul(a, b, terms, out);
 */
export function bind<Context, Table extends Kernels<Context>>(
  context: Context,
  table: Table,
): Bound<Context, Table> {
  const entries = Object.entries(table).map(([name, kernel]) => [name, kernel.bind(undefined, context)]);
  return Object.fromEntries(entries);
}
