import { fstatSync, readSync, statSync } from 'node:fs';
import { printable, printableStyled } from '@agop/report/terminal';

/** Exit code of a program whose reader has gone: 128 + the number of SIGPIPE. */
const readerGone = 141;

/**
 * Standard output and standard error. Text for people is written without the control characters that names,
 * cells and paths may have. A stream that cannot be written to ends no work: what comes later is not written
 * to it, and the program's exit code tells.
 */
export class Terminal {
  /** The first write that failed; 0 while none has. */
  #code = 0;
  readonly #broken = new Set<NodeJS.WriteStream>();

  constructor() {
    for (const stream of [process.stdout, process.stderr]) {
      stream.on('error', (error: NodeJS.ErrnoException) => this.#fail(stream, error));
    }
  }

  /** Lines for people, which may have styles where the stream shows colour. */
  out(text: string, color: boolean): void {
    this.#write(process.stdout, shown(text, color));
  }

  /** Text for programs: as it is, but on a terminal. */
  raw(text: string): void {
    this.#write(process.stdout, process.stdout.isTTY ? shown(text, false) : text);
  }

  /** A remark or an error: one or more lines. */
  error(text: string): void {
    this.#write(process.stderr, `${shown(text, false)}\n`);
  }

  /** Ends the program with an exit code, when everything is written. */
  end(code: number): void {
    process.exitCode = code === 0 ? this.#code : code;
  }

  #write(stream: NodeJS.WriteStream, text: string): void {
    if (this.#broken.has(stream)) return;
    try {
      stream.write(text);
    } catch (error) {
      this.#fail(stream, error as NodeJS.ErrnoException);
    }
  }

  #fail(stream: NodeJS.WriteStream, error: NodeJS.ErrnoException): void {
    if (this.#broken.has(stream)) return;
    this.#broken.add(stream);
    const isReaderGone = error.code === 'EPIPE';
    this.#code ||= isReaderGone ? readerGone : 1;
    // The work may have ended already, or may end later.
    process.exitCode ||= this.#code;
    if (stream === process.stdout && !isReaderGone) {
      this.error(`agop: Cannot write to standard output: ${error.message}.`);
    }
  }
}

/**
 * Whether standard output was closed when the program started. Node then puts the null device in its place,
 * open for reading too, which `> /dev/null` is not.
 */
export function isOutputClosed(): boolean {
  try {
    const { rdev } = statSync('/dev/null');
    const output = fstatSync(1);
    if (!output.isCharacterDevice() || output.rdev !== rdev) return false;
    readSync(1, new Uint8Array(1));
    return true;
  } catch {
    return false; // Open for writing alone, or a system without such a device.
  }
}

/** Text for people, line by line, as a terminal may show it. */
export function shown(text: string, color: boolean): string {
  return text
    .split('\n')
    .map(color ? printableStyled : printable)
    .join('\n');
}
