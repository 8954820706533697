import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';

/** A text to be copied. */
export function CopyText({ label, text }: { readonly label: string; readonly text: string }): JSX.Element {
  const isCopied = useSignal(false);
  return (
    <figure class="copy-text">
      <figcaption>
        {label}
        <button
          type="button"
          onClick={async () => {
            await navigator.clipboard.writeText(text);
            isCopied.value = true;
            setTimeout(() => {
              isCopied.value = false;
            }, 2000);
          }}
        >
          {isCopied.value ? 'Copied' : 'Copy'}
        </button>
      </figcaption>
      <section aria-label={label}>
        <pre>
          <code>{text}</code>
        </pre>
      </section>
    </figure>
  );
}
