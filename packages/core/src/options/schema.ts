/**
 * One option: what it is for, which values it takes, and what holds without it.
 *
 * @typeParam V the resolved value; with `undefined` where the option may be left out and has no default
 */
export interface Option<V> {
  /** For people, a phrase without a full stop. */
  readonly description: string;
  /** What stands for the value in a flag: `number`; undefined for a switch. */
  readonly placeholder: string | undefined;
  /** What a value must do, e.g. `be a positive number`. */
  readonly requirement: string;
  /** Whether it may be given several times. */
  readonly isRepeatable: boolean;
  /** Whether it must be given. */
  readonly isRequired: boolean;
  /** What holds without it. */
  readonly default: V | undefined;
  /** The default in words, where it is computed or needs more than its value. */
  readonly defaultWords: string | undefined;
  /** Letter of the short flag. */
  readonly short: string | undefined;
  /** Old names, which are accepted with a note. */
  readonly aliases: readonly string[];
  /** What messages of the packages call this option, where that is not its name. */
  readonly namesInCode: readonly string[];
  /** The value that a text of a command line means; the text itself where it means none. */
  parse(text: string): unknown;
  /** The value, if it is one of this option; else undefined. */
  read(value: unknown): NonNullable<V> | undefined;
}

/** What all kinds of options have in common; see {@link Option}. */
export interface OptionProperties<T>
  extends Partial<Pick<Option<T>, 'defaultWords' | 'placeholder' | 'short' | 'aliases' | 'namesInCode'>> {
  /** See {@link Option.description}. */
  readonly description: string;
  /** See {@link Option.default}. */
  readonly default?: T;
  /** Whether it must be given. Default false. */
  readonly required?: boolean;
}

/** Properties of an option that always has a value. */
export type Always<T> = { readonly default: T } | { readonly required: true };

/** Options by name, in the order of the documentation. */
export type Schema = Readonly<Record<string, Option<unknown>>>;

/** The resolved values of a schema. */
export type Settings<S extends Schema> = {
  readonly [K in keyof S]: S[K] extends Option<infer V> ? V : never;
};

/** What distinguishes a kind of option. */
export interface OptionKind<T> {
  /** See {@link Option.placeholder}. */
  readonly placeholder: string | undefined;
  /** See {@link Option.requirement}. */
  readonly requirement: string;
  /** See {@link Option.isRepeatable}. Default false. */
  readonly isRepeatable?: boolean;
  /** See {@link Option.parse}. */
  readonly parse: (text: string) => unknown;
  /** See {@link Option.read}. */
  readonly read: (value: unknown) => NonNullable<T> | undefined;
}

/** Makes an option of a kind that the others do not cover, e.g. a share or the word `none`. */
export function option<T>(kind: OptionKind<T>, properties: OptionProperties<T> & Always<T>): Option<T>;
export function option<T>(kind: OptionKind<T>, properties: OptionProperties<T>): Option<T | undefined>;
export function option<T>(kind: OptionKind<T>, properties: OptionProperties<T>): Option<T | undefined> {
  const { required, aliases = [], namesInCode = [], placeholder = kind.placeholder } = properties;
  return {
    description: properties.description,
    placeholder,
    requirement: kind.requirement,
    isRepeatable: kind.isRepeatable ?? false,
    isRequired: required ?? false,
    default: properties.default,
    defaultWords: properties.defaultWords,
    short: properties.short,
    aliases,
    namesInCode,
    parse: kind.parse,
    read: kind.read,
  };
}
