const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

// Characters that neither HTML nor XML allows: control characters but tab and line ends.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be removed
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** `text` for use between tags or inside a quoted attribute of HTML and SVG. */
export function escapeMarkup(text: string): string {
  return removeForbidden(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** `text` without the characters that no markup may contain. */
export function removeForbidden(text: string): string {
  return text.replace(forbidden, '');
}
