import MiniSearch, { type SearchResult } from 'minisearch';
import { withBase } from 'vitepress';
import { computed, defineComponent, h, nextTick, onBeforeUnmount, onMounted, ref, shallowRef } from 'vue';
import { type ExcerptPart, excerpt } from './excerpt.ts';

/** A part of a page: what is found. */
interface Found {
  readonly href: string;
  readonly title: string;
  /** Headings above it, the page's first. */
  readonly titles: readonly string[];
  readonly excerpt: readonly ExcerptPart[];
}

const most = 20;

/** The words of all pages, made by the build and loaded when they are first asked for. */
async function loadIndex(): Promise<MiniSearch> {
  const { default: byLocale } = await import('@localSearchIndex');
  const { default: json } = await byLocale.root();
  return MiniSearch.loadJSON(json, {
    fields: ['title', 'titles', 'text'],
    storeFields: ['title', 'titles', 'text'],
    searchOptions: { combineWith: 'AND', fuzzy: 0.2, prefix: true, boost: { title: 4, text: 2, titles: 1 } },
  });
}

function foundOf({ id, title, titles, text, terms }: SearchResult): Found {
  return { href: String(id), title, titles, excerpt: excerpt(String(text ?? ''), terms) };
}

/** Whether a key goes into a field, also of a panel, whose fields the page does not see. */
function isTyping(event: KeyboardEvent): boolean {
  const [target] = event.composedPath();
  return target instanceof HTMLElement && target.matches('input, select, textarea, [contenteditable]');
}

/** The search of the site: a button in its bar, and a dialog with a field and what was found. */
export const Search = defineComponent(() => {
  const dialog = ref<HTMLDialogElement>();
  const index = shallowRef<MiniSearch>();
  const query = ref('');
  const isOpen = ref(false);
  const found = computed<readonly Found[]>(() =>
    query.value.trim() === '' ? [] : (index.value?.search(query.value).slice(0, most).map(foundOf) ?? []),
  );
  const status = computed(() => {
    if (query.value.trim() === '') return 'Words of all pages';
    if (!index.value) return 'Loading';
    return found.value.length === 0 ? 'Nothing found' : `${found.value.length} found`;
  });

  async function open(): Promise<void> {
    isOpen.value = true;
    await nextTick();
    dialog.value?.showModal();
    index.value ??= await loadIndex();
  }
  const close = (): void => dialog.value?.close();

  function onKey(event: KeyboardEvent): void {
    const isAsked =
      (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) ||
      (event.key === '/' && !isTyping(event));
    if (!isAsked || isOpen.value) return;
    event.preventDefault();
    void open();
  }

  /** Arrows lead through the list, and Enter in the field to the first entry. */
  function onListKey(event: KeyboardEvent): void {
    const links = [...(dialog.value?.querySelectorAll('a') ?? [])];
    const { activeElement } = document;
    const at = activeElement instanceof HTMLAnchorElement ? links.indexOf(activeElement) : -1;
    if (event.key === 'Enter' && at < 0) links[0]?.click();
    else if (event.key === 'ArrowDown') links[Math.min(at + 1, links.length - 1)]?.focus();
    else if (event.key === 'ArrowUp') (links[at - 1] ?? dialog.value?.querySelector('input'))?.focus();
    else return;
    event.preventDefault();
  }

  onMounted(() => addEventListener('keydown', onKey));
  onBeforeUnmount(() => removeEventListener('keydown', onKey));

  const entry = ({ href, title, titles, excerpt: parts }: Found) =>
    h('li', { key: href }, [
      h('a', { href: withBase(href), onClick: close }, [
        titles.length > 0 ? h('span', { class: 'search-above' }, `${titles.join(' › ')} › `) : undefined,
        title,
        h(
          'p',
          { class: 'search-excerpt' },
          parts.map(({ text, isFound }) => (isFound ? h('mark', text) : text)),
        ),
      ]),
    ]);

  return () =>
    h('div', { class: 'search' }, [
      h('button', { type: 'button', class: 'search-button', onClick: () => void open() }, [
        h('span', { class: 'vp-icon search-icon', 'aria-hidden': 'true' }),
        h('span', { class: 'search-word' }, 'Search'),
      ]),
      isOpen.value
        ? h(
            'dialog',
            {
              ref: dialog,
              class: 'search-dialog',
              'aria-label': 'Search',
              onKeydown: onListKey,
              onClose: () => {
                isOpen.value = false;
              },
              onClick: (event: MouseEvent) => {
                if (event.target === dialog.value) close();
              },
            },
            [
              h('input', {
                type: 'search',
                'aria-label': 'Search',
                placeholder: 'Search',
                autofocus: true,
                value: query.value,
                onInput: ({ target }: Event) => {
                  if (target instanceof HTMLInputElement) query.value = target.value;
                },
              }),
              h('p', { role: 'status' }, status.value),
              h('ul', found.value.map(entry)),
            ],
          )
        : undefined,
    ]);
});

export default Search;
