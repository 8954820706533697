/** What workers compute on, one thread each. */
export const engine = {
  module: import.meta.resolve('@agop/backend-cpu'),
  create: 'createCpuBackend',
  options: { threads: 1 },
};
