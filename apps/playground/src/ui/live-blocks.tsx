import type { Block } from '@agop/report';
import { type ReadonlySignal, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { Blocks } from './blocks.tsx';

/** Time between two drawings, so that pictures that move keep their pace: milliseconds. */
const pause = 400;

/** Width of charts beside a picture that moves: wider ones would be scaled down, their texts too. */
export const liveChartWidth = 360;

/** Blocks that are made anew as their source changes, not too often. The space for them is kept. */
export function LiveBlocks<T>({
  source,
  make,
}: {
  readonly source: ReadonlySignal<T | undefined>;
  readonly make: (value: T) => Promise<readonly Block[]>;
}): JSX.Element {
  const blocks = useSignal<readonly Block[]>([]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isStale = false;
    const draw = async (): Promise<void> => {
      const value = source.peek();
      isStale = false;
      blocks.value = value === undefined ? [] : await make(value);
      timer = setTimeout(() => {
        timer = undefined;
        if (isStale) void draw();
      }, pause);
    };
    const stop = source.subscribe(() => {
      isStale = true;
      if (timer === undefined) {
        timer = setTimeout(() => void draw(), 0);
      }
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [source, make, blocks]);
  return (
    <div class="live-blocks">
      <Blocks blocks={blocks.value} />
    </div>
  );
}
