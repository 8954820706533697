export { readCollapseData } from './node/collapse-data.ts';
export { sayPath } from './node/named-path.ts';
