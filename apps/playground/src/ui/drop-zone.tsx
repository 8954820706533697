import { useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useUniqueId } from './unique-id.ts';

/** A place to drop files, or to choose them by. */
export function DropZone({
  label,
  hint,
  accept,
  multiple = false,
  onFiles,
  children,
}: {
  readonly label: string;
  readonly hint: string;
  /** As of an input of files. */
  readonly accept: string;
  readonly multiple?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
  /** Further ways. */
  readonly children?: ComponentChildren;
}): JSX.Element {
  const isOver = useSignal(false);
  const id = useUniqueId();
  const over = (event: DragEvent): void => {
    event.preventDefault();
    isOver.value = true;
  };
  return (
    <section
      aria-label={label}
      class={isOver.value ? 'drop-zone over' : 'drop-zone'}
      onDragEnter={over}
      onDragOver={over}
      onDragLeave={() => {
        isOver.value = false;
      }}
      onDrop={(event) => {
        event.preventDefault();
        isOver.value = false;
        const files = [...(event.dataTransfer?.files ?? [])];
        if (files.length > 0) onFiles(files);
      }}
    >
      <div>
        <input
          id={id}
          class="visually-hidden"
          type="file"
          accept={accept}
          multiple={multiple}
          onChange={({ currentTarget }) => {
            const files = [...(currentTarget.files ?? [])];
            currentTarget.value = '';
            if (files.length > 0) onFiles(files);
          }}
        />
        <label class="button" for={id}>
          {label}
        </label>
        <span class="soft">{hint}</span>
      </div>
      {children}
    </section>
  );
}
