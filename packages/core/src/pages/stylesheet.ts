import type { Settings } from '../settings.ts'
import { accentOf } from './accent.ts'

/** The one stylesheet of all pages. Its hash stands in their content security policy. */
export function stylesheet({ accentColor, stylesheet: own = '' }: Settings['theme']): string {
  const accent = accentOf(accentColor)
  return `
:root {
  color-scheme: light dark;
  --accent: ${accent.background};
  --on-accent: ${accent.text};
  --page: #f3f4f8;
  --card: #ffffff;
  --text: #1b1d28;
  --quiet: #565b6e;
  --line: #e0e3ec;
  --field: #80869a;
  --link: #2f3fae;
  --focus: #1d4ed8;
  --warn-page: #fff5dc;
  --warn-line: #e3b341;
  --warn-text: #5c4000;
  --good: #1a6b3a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #101218;
    --card: #1a1d27;
    --text: #eceef6;
    --quiet: #a9afc3;
    --line: #2e3342;
    --field: #7b8299;
    --link: #aab6ff;
    --focus: #9db8ff;
    --warn-page: #2e2612;
    --warn-line: #8a6d1d;
    --warn-text: #f6dfa4;
    --good: #7fd6a0;
  }
}
*, *::before, *::after { box-sizing: border-box; }
body {
  margin: 0;
  min-height: 100vh;
  min-height: 100dvh;
  display: grid;
  grid-template-rows: 1fr auto auto 1.3fr;
  justify-items: center;
  padding: 1.5rem 1rem;
  background: var(--page);
  color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  overflow-wrap: anywhere;
}
.brand {
  align-self: end;
  display: flex;
  align-items: center;
  gap: .625rem;
  margin-bottom: 1.125rem;
  font-weight: 600;
  letter-spacing: -.005em;
}
.brand img, .brand svg { height: 1.625rem; width: auto; max-width: 12rem; display: block; }
.brand svg { color: var(--accent); }
@media (prefers-color-scheme: dark) { .brand svg { color: var(--link); } }
main {
  width: 100%;
  max-width: 29rem;
  padding: 2rem;
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 1rem;
  box-shadow: 0 1px 2px rgb(16 18 24 / 4%), 0 12px 32px -12px rgb(16 18 24 / 14%);
}
main.wide { max-width: 46rem; }
nav { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1.25rem; margin-bottom: 1.25rem; padding-bottom: 1rem; border-bottom: 1px solid var(--line); font-size: .9375rem; }
nav a { display: inline-block; min-height: 1.5rem; }
nav a[aria-current] { color: var(--text); font-weight: 600; text-decoration: none; }
nav form { margin-left: auto; }
.search { display: flex; flex-wrap: wrap; align-items: end; gap: .625rem; margin-top: 1rem; }
.search > div { flex: 1 1 14rem; }
.search input[type="text"] { margin-bottom: 0; }
.search button { width: auto; }
.steps { margin: .5rem 0 0; padding: 0; list-style: none; }
.steps li { padding: .5rem 0; }
.steps li + li { border-top: 1px solid var(--line); }
footer { margin-top: 1rem; color: var(--quiet); font-size: .8125rem; text-align: center; }
h1 { margin: 0; font-size: 1.375rem; line-height: 1.3; letter-spacing: -.015em; font-weight: 650; text-wrap: balance; }
h2 { margin: 0 0 .25rem; font-size: .8125rem; font-weight: 600; color: var(--quiet); }
p { margin: .75rem 0 0; }
a { color: var(--link); text-underline-offset: .2em; }
.quiet { color: var(--quiet); font-size: .9375rem; }
.host { font-weight: 700; }
code, .mono { font: .8125rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; color: var(--quiet); }
section { margin-top: 1.25rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
section p { margin: 0; }
section p + p { margin-top: .5rem; }
section .mono + p { margin-top: .125rem; }
.rows { margin: 1.5rem 0 0; border-top: 1px solid var(--line); }
.rows > div { padding: .875rem 0; border-bottom: 1px solid var(--line); }
.rows dt { font-size: .8125rem; font-weight: 600; color: var(--quiet); }
.rows dd { margin: .125rem 0 0; }
.rows ul { margin: .25rem 0 0; padding: 0; list-style: none; }
.rows li { position: relative; padding-left: 1.5rem; }
.rows li + li { margin-top: .25rem; }
.rows li::before {
  content: "";
  position: absolute;
  left: .2rem;
  top: .4em;
  width: .375rem;
  height: .65rem;
  border: solid var(--good);
  border-width: 0 2px 2px 0;
  transform: rotate(42deg);
}
.entries { margin: 0; padding: 0; list-style: none; }
.entry { padding: 1rem 0; }
.entry + .entry { border-top: 1px solid var(--line); }
.entry:last-child { padding-bottom: 0; }
.entry h2, .entry h3 { margin: 0; font-size: 1rem; font-weight: 600; color: var(--text); }
.facts { display: grid; grid-template-columns: minmax(5rem, auto) 1fr; gap: .25rem 1rem; margin: .625rem 0 0; font-size: .9375rem; }
.facts dt { color: var(--quiet); }
.facts dd { margin: 0; }
.facts ul { margin: 0; padding: 0; list-style: none; }
.entry > form, .choices { margin-top: .875rem; }
.choices { display: flex; flex-wrap: wrap; gap: .625rem; }
.choices .button { display: flex; align-items: center; }
.split { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .375rem 1rem; }
.account + .account { margin-top: .75rem; }
.done { color: var(--good); font-weight: 600; }
.notice {
  margin-top: 1.25rem;
  padding: .8125rem 1rem;
  border: 1px solid var(--warn-line);
  border-radius: .625rem;
  background: var(--warn-page);
  color: var(--warn-text);
  font-size: .9375rem;
}
.notice + button { margin-top: .75rem; }
form { margin: 0; }
.after { margin-top: .75rem; }
.actions { display: flex; gap: .75rem; margin-top: 1.5rem; }
.actions > * { flex: 1; }
.stack, .stack form { display: grid; gap: .625rem; }
.stack { margin-top: 1.5rem; }
button, .button {
  display: block;
  width: 100%;
  min-height: 2.75rem;
  padding: .625rem 1rem;
  border: 1px solid var(--field);
  border-radius: .625rem;
  background: transparent;
  color: var(--text);
  font: inherit;
  font-weight: 600;
  line-height: 1.4;
  text-align: center;
  text-decoration: none;
  cursor: pointer;
}
button:hover, .button:hover { background: color-mix(in srgb, var(--text) 6%, transparent); }
.primary, .primary:hover { border-color: transparent; background: var(--accent); color: var(--on-accent); }
.primary:hover { box-shadow: inset 0 0 0 99px rgb(0 0 0 / 10%); }
button:disabled, button:disabled:hover { border-color: var(--line); background: var(--line); box-shadow: none; color: var(--quiet); cursor: not-allowed; }
.small { width: auto; min-height: 2.25rem; padding: .3125rem .875rem; font-size: .9375rem; }
.link, .link:hover {
  width: auto;
  min-height: 1.5rem;
  margin: 0 -.125rem;
  padding: 0 .125rem;
  border: 0;
  background: none;
  color: var(--link);
  font-weight: 500;
  font-size: .9375rem;
  text-decoration: underline;
  text-underline-offset: .2em;
}
label { display: block; font-size: .9375rem; font-weight: 600; }
.check { display: flex; gap: .625rem; align-items: flex-start; margin-top: 1.25rem; font-weight: 400; }
.check input { width: 1.125rem; height: 1.125rem; margin: .1875rem 0 0; accent-color: var(--accent); }
input[type="datetime-local"], input[type="email"], input[type="password"], input[type="text"] {
  display: block;
  width: 100%;
  min-height: 2.75rem;
  margin: .375rem 0 .625rem;
  padding: .5rem .75rem;
  border: 1px solid var(--field);
  border-radius: .625rem;
  background: var(--card);
  color: var(--text);
  font: inherit;
}
.or { display: flex; align-items: center; gap: .75rem; margin: 1.5rem 0 1.125rem; color: var(--quiet); font-size: .875rem; }
.or::before, .or::after { content: ""; flex: 1; height: 1px; background: var(--line); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
@media (max-width: 30rem) {
  body { grid-template-rows: auto auto auto 1fr; padding: 1rem .75rem; }
  main { padding: 1.375rem 1.25rem; }
  .actions { flex-direction: column-reverse; }
}
@media (forced-colors: active) {
  .rows li::before { border-color: CanvasText; }
  button:disabled { color: GrayText; }
}
${own}`.trim()
}
