import { FormatError, formatBytes, OptionError } from '@agop/core';
import { checkText } from '@agop/core/options';

/** Bytes as the readers of this package take them. */
export type Bytes = Uint8Array | ArrayBuffer | Blob | ReadableStream<Uint8Array>;

/** Most bytes that are decompressed: no reader of this package takes more. */
const mostBytes = 2 ** 31;
/** More bytes than this … */
const freeBytes = 2 ** 24;
/**
 * … are no data if they are so many times the compressed ones: real tables shrink to a tenth, seldom a
 * fiftieth.
 */
const mostTimes = 250;

/**
 * All bytes of `source`, decompressed if they begin with gzip's magic number (RFC 1952), all members.
 *
 * @param name what the bytes are called in messages, usually a file name
 * @throws {OptionError} for a source that is none
 * @throws {FormatError} if the compressed data are damaged or cut off, or decompress to more than 2 GiB or,
 *   beyond 16 MiB, to more than 250 times their size
 */
export async function readBytes(source: Bytes, name = 'data'): Promise<Uint8Array<ArrayBuffer>> {
  checkText('name', name);
  const bytes = await collect(source);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const limit = Math.min(mostBytes, Math.max(freeBytes, mostTimes * bytes.length));
  try {
    return await gunzip(bytes, limit);
  } catch (cause) {
    if (cause instanceof TooLong) {
      throw new FormatError(
        `${name}: the ${formatBytes(bytes.length)} of gzip data decompress to more than ${formatBytes(limit)}, which no ` +
          'table does. Unpack the file and look at it.',
        { cause },
      );
    }
    const joined = await gunzipMembers(bytes, limit).catch(() => undefined);
    if (joined !== undefined) return joined;
    throw new FormatError(
      `${name}: the gzip data are damaged or cut off after ${bytes.length} bytes. Copy or download the file again.`,
      { cause },
    );
  }
}

class TooLong extends Error {}

/** @throws {TooLong} as soon as more than `limit` bytes come out */
async function gunzip(bytes: Uint8Array<ArrayBuffer>, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.length;
    if (length > limit) {
      await reader.cancel();
      throw new TooLong();
    }
    parts.push(part.value);
  }
  return join(parts, length);
}

function join(parts: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Members that are tried in vain before the data count as damaged. */
const mostFailures = 64;

/**
 * What several gzip members one after the other decompress to, as of files that were joined; undefined if
 * they are damaged. A member has no length, so its end is where another one may begin and the bytes before
 * are whole.
 */
async function gunzipMembers(
  bytes: Uint8Array<ArrayBuffer>,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const parts: Uint8Array[] = [];
  let [start, length, failures] = [0, 0, 0];
  for (let at = nextMember(bytes, 1); at < bytes.length; at = nextMember(bytes, at + 1)) {
    const part = await gunzip(bytes.subarray(start, at), limit - length).catch(rethrowTooLong);
    if (part === undefined) {
      failures += 1;
      if (failures > mostFailures) return undefined;
      continue;
    }
    parts.push(part);
    length += part.length;
    start = at;
  }
  // Zeros may fill the last block of a tape.
  let end = bytes.length;
  let last = await gunzip(bytes.subarray(start), limit - length).catch(rethrowTooLong);
  if (last === undefined) {
    while (end > start && bytes[end - 1] === 0) end -= 1;
    for (let zeros = 0; zeros < 4 && last === undefined && end + zeros < bytes.length; zeros++) {
      last = await gunzip(bytes.subarray(start, end + zeros), limit - length).catch(rethrowTooLong);
    }
  }
  return last && join([...parts, last], length + last.length);
}

function rethrowTooLong(error: unknown): undefined {
  if (error instanceof TooLong) throw error;
  return undefined;
}

/** Where the bytes of a member's beginning stand next: the magic number, deflate, and no reserved flag. */
function nextMember(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0x1f, from); at >= 0; at = bytes.indexOf(0x1f, at + 1)) {
    if (bytes[at + 1] === 0x8b && bytes[at + 2] === 8 && ((bytes[at + 3] ?? 0xff) & 0xe0) === 0) return at;
  }
  return bytes.length;
}

async function collect(source: Bytes): Promise<Uint8Array<ArrayBuffer>> {
  if (source instanceof Uint8Array) {
    return source.buffer instanceof ArrayBuffer
      ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
      : Uint8Array.from(source);
  }
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  const isStream = source instanceof Blob || source instanceof ReadableStream;
  if (!isStream) {
    const requirement = 'be a Uint8Array, an ArrayBuffer, a Blob or a stream of bytes';
    throw new OptionError('source', { requirement, received: source });
  }
  const body = source instanceof Blob ? source : new Response(source);
  return new Uint8Array(await body.arrayBuffer());
}
