import type { JSX } from 'preact';
import type { Run } from './run.ts';

/** Start and stop of a panel, with how far it is. The space for it is there from the beginning. */
export function RunBar({
  run,
  label,
  disabled = false,
  onStart,
}: {
  readonly run: Run;
  /** Of the button that starts. */
  readonly label: string;
  readonly disabled?: boolean;
  readonly onStart: () => void;
}): JSX.Element {
  const state = run.state.value;
  const { other } = run;
  const isRunning = state.kind === 'running' || state.kind === 'stopping';
  const fraction = state.kind === 'running' ? state.fraction : 0;
  return (
    <div class="run-bar">
      {isRunning ? (
        <button type="button" class="primary" onClick={() => run.stop()} disabled={state.kind === 'stopping'}>
          Stop
        </button>
      ) : (
        <button type="button" class="primary" onClick={onStart} disabled={disabled || other !== undefined}>
          {label}
        </button>
      )}
      <div class="run-state">
        <progress max={1} value={fraction} aria-label="Progress" class={isRunning ? '' : 'still'} />
        <p role="status">{other === undefined ? wordsOf(state) : `The engine is busy with ${other}`}</p>
      </div>
      {state.kind === 'failed' && (
        <p class="failure" role="alert">
          {state.message}
        </p>
      )}
    </div>
  );
}

function wordsOf(state: Run['state']['value']): string {
  switch (state.kind) {
    case 'running':
      return state.text;
    case 'stopping':
      return 'Stopping';
    case 'stopped':
      return 'Stopped';
    default:
      return '';
  }
}
