import { join } from 'node:path';

/** What a resolver of modules gets from the build. */
interface Resolving {
  resolve(
    source: string,
    importer: string,
    options: { readonly skipSelf: boolean },
  ): Promise<{ readonly id: string } | null>;
}

/** Pages that stand beside the code do not see what is installed for this folder: they get its Vue. */
export function ownVue() {
  return {
    name: 'agop-own-vue',
    enforce: 'pre' as const,
    resolveId(this: Resolving, source: string, importer: string | undefined) {
      if (!/^vue(?:\/|$)/.test(source) || !importer?.endsWith('.md')) return null;
      return this.resolve(source, join(import.meta.dirname, 'own-vue.ts'), { skipSelf: true });
    },
  };
}
