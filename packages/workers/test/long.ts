/** Whether the long checks run: `pnpm check:workers`. */
export const isLong = process.env['AGOP_WORKERS_CHECK'] === '1';
