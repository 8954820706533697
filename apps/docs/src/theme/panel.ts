import { useData, withBase } from 'vitepress';
import { defineComponent, h, onBeforeUnmount, onMounted, ref, watch } from 'vue';

/** What the playground offers to other pages; loaded as one of its files. */
interface Embedded {
  embedPanel(
    host: HTMLElement,
    panel: string,
    options: { readonly dark: boolean },
  ): Promise<{ setDark(dark: boolean): void; dispose(): void }>;
}

const entry = import.meta.env.DEV ? '/playground/src/embed.ts' : '/playground/embed.js';

/** Runs something when the page has nothing else to do, and after two seconds at the latest. */
function whenIdle(run: () => void): void {
  // Safari has no such callback.
  if ('requestIdleCallback' in globalThis) requestIdleCallback(run, { timeout: 2000 });
  else setTimeout(run, 200);
}

/**
 * A part of the playground in a page. It is loaded when it is about to be seen, once the page itself is at
 * rest, and computes nothing before it is asked to.
 */
export const Panel = defineComponent({
  props: {
    /** `table`, `grokking`, `collapse` or `filters`. */
    name: { type: String, required: true },
    label: { type: String, required: true },
  },
  setup(props) {
    const place = ref<HTMLElement>();
    const problem = ref('');
    const { isDark } = useData();
    let panel: Awaited<ReturnType<Embedded['embedPanel']>> | undefined;
    let isGone = false;

    async function load(host: HTMLElement): Promise<void> {
      try {
        const embedded: Embedded = await import(/* @vite-ignore */ withBase(entry));
        const mounted = await embedded.embedPanel(host, props.name, { dark: isDark.value });
        if (isGone) mounted.dispose();
        else panel = mounted;
      } catch (error) {
        problem.value = `The panel could not be loaded: ${error instanceof Error ? error.message : String(error)}`;
      }
    }

    onMounted(() => {
      const host = place.value;
      if (!host) return;
      const watching = new IntersectionObserver(
        ([seen]) => {
          if (!seen?.isIntersecting) return;
          watching.disconnect();
          whenIdle(() => void load(host));
        },
        { rootMargin: '300px' },
      );
      watching.observe(host);
    });
    watch(isDark, (dark) => panel?.setDark(dark));
    onBeforeUnmount(() => {
      isGone = true;
      panel?.dispose();
    });

    return () =>
      h('section', { class: 'live-panel', 'aria-label': props.label }, [
        h('p', { class: 'live-panel-head' }, [
          h('span', props.label),
          h(
            'a',
            { href: `${withBase('/playground/')}#${props.name}`, target: '_self' },
            'Open in the playground',
          ),
        ]),
        problem.value === '' ? undefined : h('p', { role: 'alert' }, problem.value),
        h('div', { ref: place, class: `live-panel-place of-${props.name}` }),
      ]);
  },
});
