const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Makes text safe between tags and inside quoted attributes. */
export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')

const style = `
:root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif }
body { margin: 0 auto; max-width: 24rem; padding: 2rem 1.25rem }
h1 { font-size: 1.5rem; margin: 0 0 .25rem }
label { display: block; font-weight: 600; margin-top: 1rem }
input { box-sizing: border-box; font: inherit; margin-top: .25rem; padding: .5rem; width: 100% }
button { cursor: pointer; font: inherit; font-weight: 600; margin: 1.5rem .5rem 0 0; padding: .5rem 1.25rem }
[role=alert] { border-left: .25rem solid #c33; margin: 1rem 0 0; padding-left: .75rem }
footer { border-top: 1px solid #8888; font-size: .875rem; margin-top: 2rem; padding-top: .75rem }
`

/** Headers of every page: nothing is loaded, framed, cached or referred to. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
}

/** A whole page around a body that is already HTML. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
<footer>Portico development identity provider. It runs on this machine only; its passwords are public.</footer>
</body>
</html>
`
}
