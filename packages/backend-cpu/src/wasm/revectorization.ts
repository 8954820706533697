const flag = '--experimental-wasm-revectorize';

let isAskedFor = false;

/**
 * Asks V8 to fuse pairs of 128-bit operations; only Node lets a program do that, and only before modules are
 * compiled.
 */
export function askForFusion(): void {
  const v8 = globalThis.process?.getBuiltinModule?.('node:v8');
  const release = Number.parseInt(globalThis.process?.versions?.node ?? '0', 10);
  // Older engines end the process on a flag that they do not know, or ignore it.
  if (release < 24 || !v8) return;
  v8.setFlagsFromString(flag);
  isAskedFor = true;
}

/**
 * Whether V8 is known to have been asked, by this program or when Node was started. Engines do not tell
 * whether they fuse; where nobody asked them, none does.
 */
export function isFusionAskedFor(): boolean {
  if (isAskedFor) return true;
  const { execArgv = [], env } = globalThis.process ?? {};
  return [...execArgv, ...(env?.['NODE_OPTIONS'] ?? '').split(/\s+/)]
    .map((argument) => argument.replaceAll('_', '-'))
    .includes(flag);
}
