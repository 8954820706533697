/** The state of a queue as a page that loads itself anew. */
export function statePage(lines: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="5">
<meta name="viewport" content="width=device-width">
<title>agop workers</title>
<style>body { font: 15px/1.5 ui-monospace, monospace; margin: 2rem; color-scheme: light dark }</style>
</head>
<body>
<h1>agop workers</h1>
<pre>${lines.map(escaped).join('\n')}</pre>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign] ?? sign);
}
