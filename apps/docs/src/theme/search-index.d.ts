/** The words of all pages by language, which VitePress makes. */
declare module '@localSearchIndex' {
  const byLocale: { readonly root: () => Promise<{ readonly default: string }> };
  export default byLocale;
}
