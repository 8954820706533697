import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme-without-fonts';
import { h } from 'vue';
import { AllPackages, EntriesOfPage } from './entries.ts';
import { Panel } from './panel.ts';
import { Picture } from './picture.ts';
// After the style of the default theme, which it changes.
import './style.css';

/** Parts of the site that are loaded as pages of their own. */
const otherParts = /\/(?:api|playground)\//;

const theme: Theme = {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { 'doc-before': () => h(EntriesOfPage) }),
  enhanceApp({ app, router }) {
    app.component('Picture', Picture);
    app.component('Panel', Panel);
    app.component('AllPackages', AllPackages);
    router.onBeforeRouteChange = (to) => {
      if (!otherParts.test(to)) return true;
      location.assign(to);
      return false;
    };
  },
};

export default theme;
