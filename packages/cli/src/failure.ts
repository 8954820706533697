import { AgopError, inCode, type OptionNaming, say } from '@agop/core';

/** What is said of an error, and the exit code. */
export interface Failure {
  /** One line; the stack below it where AGOP_DEBUG is set. */
  readonly text: string;
  readonly code: number;
}

/** Exit code of a command line that cannot be understood. */
export const usageCode = 2;

/**
 * An error in one clear line. Those that agop throws on purpose say what to do; others say how to see more.
 *
 * @param naming what messages call options
 */
export function describeFailure(
  error: unknown,
  environment: Readonly<Record<string, string | undefined>>,
  naming: OptionNaming = inCode,
): Failure {
  const debug = environment['AGOP_DEBUG'] !== undefined && environment['AGOP_DEBUG'] !== '';
  const stack = debug && error instanceof Error ? `\n${stackOf(error)}` : '';
  if (AgopError.isInstance(error)) {
    return { text: `agop: ${oneLine(say(error.wording, naming))}${stack}`, code: 1 };
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const more = debug ? '' : ' Set AGOP_DEBUG=1 to see where.';
  const sentence = oneLine(message).replace(/[^.!?]$/, '$&.');
  return { text: `agop: unexpected error: ${sentence}${more}${stack}`, code: 1 };
}

/** Lists become phrases divided by semicolons. */
function oneLine(message: string): string {
  return message
    .split('\n')
    .map((line) => line.trim().replace(/^[-✖→]\s+/, ''))
    .filter((line) => line !== '')
    .join('; ')
    .replaceAll(':; ', ': ');
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}
