import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { parseAst } from 'vite';

/** The base that pages are built with, in place of the one that is known only where they are served. */
export const unknownBase = '/__anywhere__/';

/**
 * Makes pages that were built for {@link unknownBase} work below any path: what HTML and CSS name becomes
 * relative; a module takes the base from its own address.
 *
 * @param base the folder that the base stands for
 */
export function freeOfBase(folder: string, base = folder): void {
  for (const found of globSync('**/*.{html,css,js}', { cwd: folder })) {
    const path = join(folder, found);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(unknownBase)) continue;
    const name = relative(base, path).split(sep).join('/');
    const toRoot = posix.relative(posix.dirname(name), '.') || '.';
    if (name.endsWith('.js')) writeFileSync(path, freeModule(text, toRoot));
    else {
      const free = freeText(text, toRoot);
      writeFileSync(path, name === missingPage ? free.replace('<head>', `<head>${findsBase}`) : free);
    }
  }
}

/** Relative links would follow the address of a page that changes without being loaded: they become whole. */
const wholeLinks =
  '<script>for(const a of document.querySelectorAll(\'a[href]:not([href^="#"])\'))a.href=a.href</script>';

/** The page that hosts show for addresses that they do not have, which are of any depth. */
const missingPage = '404.html';

/**
 * Goes up from the address that was asked for to the folder of the site: the one that has a file which
 * VitePress makes for it alone. The requests are waited for, as nothing that the page names may be loaded
 * before.
 */
const findsBase = `<script>{
let at=location.pathname;
do{at=at.replace(/[^/]*\\/?$/,'');const asked=new XMLHttpRequest;asked.open('HEAD',at+'hashmap.json',false);
try{asked.send()}catch{}
if(asked.status===200&&/json/.test(asked.getResponseHeader('content-type')))
{document.head.append(Object.assign(document.createElement('base'),{href:at}));break}
}while(at.length>1)
}</script>`;

function freeText(text: string, toRoot: string): string {
  return text.replaceAll(unknownBase, `${toRoot}/`).replace('</body>', `${wholeLinks}</body>`);
}

/** @returns the module, in which texts with the base are put together when it runs */
export function freeModule(code: string, toRoot: string): string {
  if (!code.includes(unknownBase)) return code;
  const edits: { readonly start: number; readonly end: number; readonly text: string }[] = [];
  visit(parseAst(code), (node) => {
    const raw = code.slice(node.start, node.end);
    if (!raw.includes(unknownBase)) return;
    if (node.type === 'Literal') {
      const quote = raw[0];
      edits.push({ ...node, text: `(${raw.replaceAll(unknownBase, `${quote}+__base+${quote}`)})` });
    } else if (node.type === 'TemplateElement') {
      edits.push({ ...node, text: raw.replaceAll(unknownBase, `$\{__base}`) });
    }
  });
  let free = code;
  for (const { start, end, text } of edits.toSorted((a, b) => b.start - a.start)) {
    free = free.slice(0, start) + text + free.slice(end);
  }
  return `const __base=new URL("${toRoot}/",import.meta.url).pathname;${free}`;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value && 'end' in value;

function visit(value: unknown, see: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const part of value) visit(part, see);
  } else if (isNode(value)) {
    see({ type: value.type, start: value.start, end: value.end });
    for (const part of Object.values(value)) visit(part, see);
  }
}
