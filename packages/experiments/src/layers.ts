export { type DescribeOptions, describeLayer, type LayerToDescribe } from './layers/describe.ts';
export { type InspectedData, inspectNetwork, type NetworkEvent } from './layers/inspect.ts';
export { layersPage } from './layers/report.ts';
export { type LayersResult, type LayersSummary, layersResult } from './layers/result.ts';
export { type DumpedLayer, type LayersDump, type LayersEvent, runLayers } from './layers/run.ts';
export { layersText } from './layers/sentences.ts';
export { type LayersSettings, layersOptions } from './layers/settings.ts';
