export * from './options/checks.ts';
export * from './options/documentation.ts';
export * from './options/given.ts';
export * from './options/kinds.ts';
export * from './options/lists.ts';
export * from './options/resolve.ts';
export * from './options/schema.ts';
