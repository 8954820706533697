import { createWebGpuBackend } from '@agop/backend-webgpu';
import { programs } from '../programs.ts';
import type { Measurements } from '../result.ts';
import { hardwarePlan, runPlan, softwarePlan } from '../run.ts';

const lines = element('lines', HTMLPreElement);
const start = element('start', HTMLButtonElement);
const save = element('save', HTMLButtonElement);
const large = element('large', HTMLInputElement);
let result: Measurements | undefined;

start.addEventListener('click', async () => {
  start.disabled = true;
  lines.textContent = '';
  try {
    const usual = (await onSoftware()) ? softwarePlan : hardwarePlan;
    const fits = usual.fits.filter((n) => large.checked || n < 10_000);
    const plan = { ...usual, fits, programs: Object.keys(programs), where: navigator.userAgent };
    result = await runPlan(plan, say);
    save.disabled = false;
    say('Done. Save the result, and send the file.');
  } catch (error) {
    say(`${error}`);
  } finally {
    start.disabled = false;
  }
});

save.addEventListener('click', () => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(
    new Blob([JSON.stringify(result, undefined, 2)], { type: 'application/json' }),
  );
  link.download = 'agop-webgpu.json';
  link.click();
  URL.revokeObjectURL(link.href);
});

async function onSoftware(): Promise<boolean> {
  using backend = await createWebGpuBackend();
  say(backend.device.description);
  const isSoftware = backend.device.details['software'] === true;
  if (isSoftware) say('A software adapter: the counts mean something, the times do not.');
  return isSoftware;
}

function say(line: string): void {
  lines.textContent += `${line}\n`;
}

function element<E extends HTMLElement>(id: string, type: { new (): E; readonly name: string }): E {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`The page has no ${type.name} '${id}'.`);
}
