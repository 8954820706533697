// What is packed differs from what the workspace has: entries have no sources, and tools that know no
// `exports` (TypeScript with `moduleResolution: node10`, older bundlers and test runners) find them by other fields.

function withoutSources(target) {
  if (typeof target !== 'object') return target;
  const { '@agop/source': _, ...published } = target;
  return published;
}

function olderFields(exports) {
  const entries = Object.entries(exports).filter(([, target]) => typeof target === 'object');
  const main = exports['.'];
  const others = entries.filter(([path]) => path !== '.');
  return {
    ...(main && { main: main.default, types: main.types }),
    ...(others.length > 0 && {
      typesVersions: { '*': Object.fromEntries(others.map(([path, { types }]) => [path.slice(2), [types]])) },
    }),
  };
}

module.exports = {
  hooks: {
    beforePacking(manifest) {
      const exports = Object.fromEntries(
        Object.entries(manifest.exports ?? {}).map(([path, target]) => [path, withoutSources(target)]),
      );
      return { ...manifest, ...olderFields(exports), exports };
    },
  },
};
