import type { JSX } from 'preact';
import { useUniqueId } from './unique-id.ts';

/** A choice with its name before it. */
export function Choice<T extends string | number>({
  label,
  value,
  options,
  disabled = false,
  onChoice,
}: {
  readonly label: string;
  readonly value: T;
  readonly options: readonly (readonly [value: T, words: string])[];
  readonly disabled?: boolean;
  readonly onChoice: (value: T) => void;
}): JSX.Element {
  const id = useUniqueId();
  return (
    <span class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        disabled={disabled}
        onChange={({ currentTarget }) => {
          const chosen = options[currentTarget.selectedIndex];
          if (chosen) onChoice(chosen[0]);
        }}
      >
        {options.map(([one, words]) => (
          <option key={one} value={one}>
            {words}
          </option>
        ))}
      </select>
    </span>
  );
}
