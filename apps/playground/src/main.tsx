import './style.css';
import { render } from 'preact';
import { App } from './app/app.tsx';
import { startServiceWorker } from './app/service-worker.ts';
import { pageEngine } from './engine/page-engine.ts';

const place = document.querySelector('#app');
if (place) {
  place.replaceChildren();
  render(<App engine={pageEngine()} />, place);
}

if (document.readyState === 'complete') void startServiceWorker();
else addEventListener('load', () => void startServiceWorker(), { once: true });
