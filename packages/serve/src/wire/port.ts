/** A worker of `node:worker_threads`, or a port of it. */
export interface NodePort {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  on(event: string, listener: (value: unknown) => void): unknown;
  ref?(): unknown;
  unref?(): unknown;
  terminate?(): unknown;
}

/** A worker of the web, its inside, or a port. */
export interface WebPort {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  addEventListener(type: string, listener: (event: Event) => void): void;
  start?(): void;
  terminate?(): void;
}

/** Anything that carries messages to another thread. */
export type Port = NodePort | WebPort;

/** Whether something carries messages. */
export function isPort(value: unknown): value is Port {
  if (typeof value !== 'object' || value === null || !('postMessage' in value)) return false;
  return 'on' in value || 'addEventListener' in value;
}

/** Whether a port is one of Node; some are of both kinds. */
export function isNodePort(port: Port): port is NodePort {
  return 'on' in port && typeof port.on === 'function';
}

/** Calls `listener` with each message. */
export function listen(port: Port, listener: (message: unknown) => void): void {
  if (isNodePort(port)) {
    port.on('message', listener);
    return;
  }
  port.addEventListener('message', (event) => listener('data' in event ? event.data : undefined));
  port.start?.();
}

/** Sends a message; the memory in `transfer` moves with it instead of being copied. */
export function post(port: Port, message: unknown, transfer: readonly ArrayBuffer[] = []): void {
  if (isNodePort(port)) port.postMessage(message, transfer);
  else port.postMessage(message, [...transfer]);
}
