import { useState } from 'preact/hooks';

let count = 0;

/** An id for an element. Unlike those of `useId` it differs between panels, which are trees of their own. */
export function useUniqueId(): string {
  const [id] = useState(() => {
    count += 1;
    return `agop-${count}`;
  });
  return id;
}
