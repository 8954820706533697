import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type DefaultTheme, defineConfig, type UserConfig } from 'vitepress';
import { headingAnchor } from './markdown/anchors.ts';
import { arrowTables } from './markdown/arrows.ts';
import { workspaceLinks } from './markdown/links.ts';
import { ownVue } from './markdown/own-vue.ts';
import { pictureFolder, pictures, themed } from './markdown/pictures.ts';
import { servePictures } from './markdown/serve-pictures.ts';
import { allPackages, packageFacts } from './pages/reference.ts';
import { sidebars } from './pages/sidebar.ts';
import { noPages, pageOf, root } from './pages/site-path.ts';

/** The icon of all parts of the site, as a text. */
const icon = `data:image/svg+xml,${encodeURIComponent(readFileSync(join(import.meta.dirname, 'theme/icon.svg'), 'utf8'))}`;

/** The index keeps the texts too, for excerpts of what is found. */
const indexOptions = {
  storeFields: ['title', 'titles', 'text'],
  processTerm: (term: string) => term.toLowerCase(),
};

const config: UserConfig<DefaultTheme.Config> = defineConfig({
  title: 'agop',
  description:
    'Recursive Feature Machines in TypeScript: models that learn their features without backpropagation.',
  lang: 'en-US',
  srcDir: '../..',
  srcExclude: [...noPages],
  rewrites: pageOf,
  cacheDir: '../../node_modules/.cache/docs',
  // Links are checked in what is built, with all that other parts of the site add.
  ignoreDeadLinks: true,
  metaChunk: true,
  head: [['link', { rel: 'icon', href: icon }]],
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-default' },
    anchor: { slugify: headingAnchor },
    config: (md) => {
      workspaceLinks(md);
      pictures(md);
      arrowTables(md);
    },
  },
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/guide/start', activeMatch: '/guide/' },
      { text: 'Papers', link: '/papers/', activeMatch: '/papers/' },
      { text: 'Measurements', link: '/measured/benchmark', activeMatch: '/measured/' },
      { text: 'Reference', link: '/packages/', activeMatch: '/packages/' },
      { text: 'Playground', link: '/playground/', target: '_self' },
    ],
    sidebar: sidebars(),
    outline: [2, 3],
    search: { provider: 'local', options: { miniSearch: { options: indexOptions } } },
    docFooter: { prev: 'Before', next: 'Next' },
  },
  vite: {
    // Its own search is not told apart from a button by screen readers, and asks for styles of a service.
    resolve: {
      alias: [
        { find: /^.*\/VPNavBarSearch\.vue$/, replacement: join(root, 'apps/docs/src/theme/search.ts') },
      ],
    },
    plugins: [ownVue(), servePictures()],
    optimizeDeps: { entries: ['apps/docs/.vitepress/theme/index.ts'], esbuildOptions: { target: 'es2022' } },
    build: { target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 2000 },
  },
  transformPageData({ relativePath }) {
    if (relativePath === 'packages/index.md') return { frontmatter: { packages: allPackages() } };
    const [, name] = /^packages\/([\w-]+)\.md$/.exec(relativePath) ?? [];
    if (name === undefined || name === 'cli-options') return undefined;
    return { frontmatter: { package: packageFacts(name) } };
  },
  buildEnd({ outDir }) {
    for (const file of globSync('apps/docs/**/*.svg', {
      cwd: root,
      exclude: (path) => path.includes('node_modules'),
    })) {
      const name = file.replace(/^apps\/docs\//, '').replace(/\.svg$/, '');
      const svg = readFileSync(join(root, file), 'utf8');
      for (const theme of ['light', 'dark'] as const) {
        const to = join(outDir, pictureFolder, `${name}.${theme}.svg`);
        mkdirSync(dirname(to), { recursive: true });
        writeFileSync(to, themed(svg, theme));
      }
    }
    cpSync(join(root, 'apps/docs/papers/results'), join(outDir, 'papers/results'), { recursive: true });
  },
});

export default config;
