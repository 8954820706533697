import type { Piece, Request } from './request.ts';

/**
 * The rows of the next product: of the kind of the oldest request, in rounds in which each request gets an
 * equal share, the oldest first. So small requests are answered with the next product, also beside a large
 * one, which gets what is left.
 *
 * @param waiting requests in the order of their arrival
 * @param most rows of a product
 */
export function takeRows(waiting: Iterable<Request>, most: number): Piece[] {
  const open = [...waiting].filter((request) => request.waiting > 0);
  const kind = open[0]?.kind;
  let round = open.filter((request) => request.kind === kind);
  const shares = new Map<Request, number>();
  let room = most;
  while (room > 0 && round.length > 0) {
    const share = Math.max(1, Math.floor(room / round.length));
    for (const request of round) {
      const rows = Math.min(share, room, request.waiting - (shares.get(request) ?? 0));
      if (rows > 0) shares.set(request, (shares.get(request) ?? 0) + rows);
      room -= rows;
    }
    round = round.filter((request) => request.waiting > (shares.get(request) ?? 0));
  }
  return [...shares].map(([request, rows]) => {
    const piece = { request, begin: request.taken, rows };
    request.taken += rows;
    return piece;
  });
}
