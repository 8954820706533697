// Entries lead to sources within the workspace only: what is packed has no condition for them.
function withoutSources(target) {
  if (typeof target !== 'object') return target;
  const { '@agop/source': _, ...published } = target;
  return published;
}

module.exports = {
  hooks: {
    beforePacking(manifest) {
      const exports = Object.entries(manifest.exports ?? {}).map(([path, target]) => [
        path,
        withoutSources(target),
      ]);
      return { ...manifest, exports: Object.fromEntries(exports) };
    },
  },
};
