import assert from 'node:assert/strict';
import { barChart, htmlPage } from '@agop/report';

const svg = await barChart({ title: 'Importances', bars: [{ label: 'size', value: 0.75 }] });
assert.match(svg, /^<svg[\s\S]*size[\s\S]*<\/svg>/);
assert.match(htmlPage({ title: 'Packed', sections: [] }), /<title>Packed<\/title>/);
