import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const program = `const { createBackend } = await import('@agop/backend');
  const backend = await createBackend({ onFallback: ({ message }) => console.log(message) });
  console.log(backend.device.description);
  await createBackend({ on: 'gpu' }).catch(({ code }) => console.log(code));`;

it.skipIf(process.platform !== 'linux')(
  "without rights of Node's permission model it computes on one thread, and says what is missing",
  async () => {
    const flags = ['--permission', '--allow-fs-read=*', '--no-warnings', '-C', '@agop/source'];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...flags, '--input-type=module', '--eval', program],
      { cwd: import.meta.dirname },
    );
    expect(stdout).toMatch(
      /koffi, which Node's permission model does not allow: start Node with --allow-addons/,
    );
    expect(stdout).toMatch(/^WebAssembly, 1 thread, .* start Node with --allow-worker$/m);
    expect(stdout).toMatch(/UNAVAILABLE\n$/);
  },
);
