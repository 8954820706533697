import { useData, withBase } from 'vitepress';
import { defineComponent, h, type VNode } from 'vue';
import type { PackageFacts } from '../pages/reference.ts';

const links = ({ entries }: PackageFacts): (VNode | string)[] =>
  entries.flatMap(({ name, page }) => [h('a', { class: 'entry', href: withBase(page) }, name), ' ']);

/** Above the page of a package: where what it exports is described. */
export const EntriesOfPage = defineComponent(() => {
  const { frontmatter } = useData();
  return () => {
    const facts: PackageFacts | undefined = frontmatter.value['package'];
    if (!facts || facts.entries.length === 0) return undefined;
    return h('p', { class: 'entries' }, ['Reference: ', ...links(facts)]);
  };
});

/** All packages with what they export. */
export const AllPackages = defineComponent(() => {
  const { frontmatter } = useData();
  return () => {
    const packages: readonly PackageFacts[] = frontmatter.value['packages'] ?? [];
    const hasReference = packages.some(({ entries }) => entries.length > 0);
    const all = h('p', [
      h('a', { href: withBase('/api/index.html') }, 'All names in one place'),
      ', with a search among them.',
    ]);
    const list = h(
      'dl',
      { class: 'packages' },
      packages.flatMap((facts) => [
        h('dt', h('a', { href: withBase(facts.page) }, facts.name)),
        h('dd', [
          facts.description,
          facts.entries.length > 0
            ? h('div', { class: 'entries' }, ['Reference: ', ...links(facts)])
            : undefined,
        ]),
      ]),
    );
    return hasReference ? [all, list] : list;
  };
});
