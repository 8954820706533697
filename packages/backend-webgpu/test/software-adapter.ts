import { existsSync, readdirSync } from 'node:fs';

const chromium = '/usr/lib/chromium';
const driver = `${chromium}/vk_swiftshader_icd.json`;

/**
 * Variables with which Node finds the software adapter of Debian's Chromium, where that is installed and
 * nothing else that does Vulkan. They must be set before a process starts.
 */
export function softwareAdapterVariables(): Record<string, string> {
  const { VK_ICD_FILENAMES: chosen, LD_LIBRARY_PATH: libraries } = process.env;
  if (chosen || !existsSync(driver) || ['/etc', '/usr/share'].some(hasDriver)) return {};
  return {
    VK_ICD_FILENAMES: driver,
    LD_LIBRARY_PATH: [libraries, chromium].filter(Boolean).join(':'),
  };
}

function hasDriver(folder: string): boolean {
  const drivers = `${folder}/vulkan/icd.d`;
  return existsSync(drivers) && readdirSync(drivers).length > 0;
}
