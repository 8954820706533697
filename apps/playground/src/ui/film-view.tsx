import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { isDark, onSchemeChange } from './color-scheme.ts';
import type { Film } from './film.ts';

/** Draws a frame, or something between two, on a canvas of so many pixels. */
export type DrawFrame<F> = (
  context: CanvasRenderingContext2D,
  from: F,
  to: F,
  part: number,
  dark: boolean,
) => void;

/** A film with a slider. */
export function FilmView<F>({
  film,
  draw,
  title,
  slider,
  size,
  smooth,
}: {
  readonly film: Film<F>;
  readonly draw: DrawFrame<F>;
  /** What is seen, for those who do not see it. */
  readonly title: string;
  /** What the frames are, e.g. `Iteration`. */
  readonly slider: string;
  /** Pixels of the canvas, in both directions. */
  readonly size: number;
  /** Whether pixels are drawn smoothly where the canvas is shown larger. */
  readonly smooth: boolean;
}): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const stopFilm = film.drawBy((from, to, part) => draw(context, from, to, part, isDark()));
    const stopWatching = onSchemeChange(() => film.redraw());
    return () => {
      stopFilm();
      stopWatching();
    };
  }, [film, draw, size]);
  const count = film.frames.value.length;
  return (
    <div class="film">
      <canvas
        ref={canvas}
        width={size}
        height={size}
        role="img"
        aria-label={title}
        class={smooth ? '' : 'pixels'}
      />
      <div class="film-bar">
        <button type="button" disabled={count < 2} onClick={() => film.replay()} aria-label="Play again">
          ▶
        </button>
        <input
          type="range"
          aria-label={slider}
          min={0}
          max={Math.max(1, count - 1)}
          step="any"
          disabled={count < 2}
          value={film.position.value}
          onInput={({ currentTarget }) => film.seek(currentTarget.valueAsNumber)}
        />
        <output>
          {slider} {count === 0 ? '–' : Math.round(film.position.value)}
        </output>
      </div>
    </div>
  );
}
