export { readAnsatzData } from './node/ansatz-data.ts';
export { readCollapseData } from './node/collapse-data.ts';
export { readFiltersAnsatzData } from './node/filters-ansatz-data.ts';
export { readFiltersData } from './node/filters-data.ts';
export { readHashingData } from './node/hashing-data.ts';
export { readLayersDump } from './node/layers-dump.ts';
export { sayPath } from './node/named-path.ts';
export { readNetwork } from './node/networks/read-network.ts';
