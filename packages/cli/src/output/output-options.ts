import { flag, text } from '@agop/core/options';

/** `--json` of every command. */
export const jsonOption = flag({
  description: 'Print one JSON object to standard output, and nothing else there',
});

/** Where a command that fits saves its model. */
export const outputOption = text({
  description: 'Save the model (one safetensors file)',
  short: 'o',
  placeholder: 'file',
});

/** Whether a command with parts begins anew. */
export const againOption = flag({
  description: 'Begin anew, not after the parts that an interrupted run of the same settings has kept',
});

/** Where a command writes its report. */
export const reportOption = text({ description: 'Write an HTML report', placeholder: 'file' });
