/**
 * Ends a process that leads a group of its own, and those that it has started. Windows has no groups: there
 * it is the process alone.
 */
export function killWithChildren(pid: number): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch (error) {
    // It has ended by itself.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
