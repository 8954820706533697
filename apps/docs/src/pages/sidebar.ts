import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DefaultTheme } from 'vitepress';
import { root } from './site-path.ts';

const items = (folder: string, pages: readonly (readonly [name: string, text: string])[]) =>
  pages.map(([name, text]) => ({ text, link: `/${folder}/${name}` }));

/** Packages with a page, in the order of the house: from what most readers use to what is below it. */
const packages = [
  'rfm tabular deep-rfm conv-rfm grokking nfa subspace hashing cli experiments serve workers estimators data report',
  'backend backend-cpu backend-gpu backend-webgpu backend-tfjs core conformance',
]
  .join(' ')
  .split(' ');

/** The packages in their order, and then those that have no place in it. */
function packageItems(): DefaultTheme.SidebarItem[] {
  const there = readdirSync(join(root, 'packages')).filter((name) => !name.startsWith('.'));
  const others = there.filter((name) => !packages.includes(name));
  return [...packages, ...others].map((name) => ({ text: `@agop/${name}`, link: `/packages/${name}` }));
}

/** The pages of decisions, by their headings. */
function decisionItems(): DefaultTheme.SidebarItem[] {
  return readdirSync(join(root, 'docs/decisions')).map((file) => {
    const text = readFileSync(join(root, 'docs/decisions', file), 'utf8');
    return {
      text: /^# (.*)$/m.exec(text)?.[1] ?? file,
      link: `/contribute/decisions/${file.replace(/\.md$/, '')}`,
    };
  });
}

/** What most pages have at their left. */
function guides(): DefaultTheme.SidebarItem[] {
  return [
    {
      text: 'Start',
      items: items('guide', [
        ['start', 'In five minutes'],
        ['method', 'What happens in a fit'],
        ['examples', 'Programs to start from'],
        ['data', 'Data that ship'],
        ['glossary', 'Glossary'],
      ]),
    },
    {
      text: 'Guides',
      items: items('guide', [
        ['table', 'A table'],
        ['own-kernel', 'A kernel of your own'],
        ['own-loop', 'A loop of your own'],
        ['own-estimator', 'An estimator of your own'],
        ['own-backend', 'A backend of your own'],
        ['browser', 'In the browser'],
        ['server', 'Behind a server'],
        ['worker', 'In a worker thread'],
        ['gpu', 'On a GPU'],
        ['webgpu', 'WebGPU'],
        ['machines', 'On several machines'],
      ]),
    },
    {
      text: 'Papers',
      items: items('papers', [
        ['index', 'All papers'],
        ['rfm', 'Recursive Feature Machines'],
        ['xrfm', 'xRFM: trees for tables'],
        ['conv-rfm', 'ConvRFM: filters'],
        ['deep-rfm', 'Deep RFM: neural collapse'],
        ['grokking', 'Grokking'],
        ['nfa', 'Neural feature ansatz'],
        ['alignment', 'Centered ansatz, alignment'],
        ['phenomena', 'Phenomena of networks'],
        ['network-collapse', 'Collapse in networks'],
        ['subspace', 'Central subspaces'],
        ['hashing', 'Learned hashing'],
        ['completion', 'Matrix completion'],
        ['interpolation', 'Interpolation'],
      ]),
    },
    {
      text: 'Measurements',
      items: [
        ...items('papers', [
          ['tabular', 'Tables: accuracy'],
          ['uci121', 'Small tables: accuracy'],
        ]),
        ...items('measured', [
          ['benchmark', 'Benchmark'],
          ['performance', 'Speed, and why'],
          ['gpu', 'GPU: what has run'],
          ['serving', 'Serving'],
          ['workers', 'Several machines'],
          ['playground', 'The playground'],
        ]),
      ],
    },
  ];
}

/** The tree at the left of a page, by the folder of the page. */
export function sidebars(): DefaultTheme.SidebarMulti {
  return {
    '/packages/': [
      { text: 'Reference', items: [{ text: 'All packages', link: '/packages/' }] },
      { text: 'Packages', items: packageItems() },
      { text: 'Program', items: [{ text: 'All options', link: '/packages/cli-options' }] },
    ],
    '/contribute/': [
      {
        text: 'Contribute',
        items: items('contribute', [
          ['index', 'Contributing'],
          ['architecture', 'Architecture'],
        ]),
      },
      { text: 'Decisions', items: decisionItems() },
    ],
    '/': [
      ...guides(),
      {
        text: 'More',
        items: [
          { text: 'Reference', link: '/packages/' },
          { text: 'Contribute', link: '/contribute/' },
        ],
      },
    ],
  };
}
