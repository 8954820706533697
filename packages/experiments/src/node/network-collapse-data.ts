import type { CollapseData } from '../collapse/data.ts';
import { type NetworkCollapseSettings, sizesOf } from '../network-collapse/settings.ts';
import { readCollapseData } from './collapse-data.ts';

/**
 * The data that the settings name; all rows of a table are for training unless the settings hold some out.
 *
 * @throws {OptionError} for options that do not go together, or a path that is needed and missing
 * @throws {StorageError} for files that cannot be read
 * @throws {FormatError} for files that are damaged or of another format
 * @throws {ValueError} for data that cannot be used
 */
export function readNetworkCollapseData(settings: NetworkCollapseSettings): Promise<CollapseData> {
  return readCollapseData({ ...settings, samples: sizesOf(settings).samples }, { holdOut: false });
}
