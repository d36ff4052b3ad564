/** The style of the documentation pages. It travels in the page; the security policy admits it by its hash and nothing else. */
export const style = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --line: #dde2e9; --paper: #ffffff; --raised: #f5f7fa; --accent: #0b6b57; --get: #0b6b57; --post: #1f57b8; --patch: #8a5a00; --put: #8a5a00; --delete: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --soft: #9aa6b5; --line: #2c3542; --paper: #12161c; --raised: #1a2029; --accent: #5fd0b5; --get: #5fd0b5; --post: #8ab4ff; --patch: #e2b55a; --put: #e2b55a; --delete: #ff9a92; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: 0.15em; }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: 0.5rem 1rem; z-index: 1; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 0.875em; }
code { overflow-wrap: anywhere; }
pre { background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: 0.75rem 1rem; overflow-x: auto; line-height: 1.5; margin: 0.5rem 0 1rem; }
pre code { overflow-wrap: normal; font-size: 1em; }
h1, h2, h3, h4 { line-height: 1.25; text-wrap: balance; }
h1 { font-size: 2rem; margin: 0 0 0.5rem; }
h2 { font-size: 1.5rem; margin: 4rem 0 0.25rem; padding-top: 1.5rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.15rem; margin: 0 0 0.35rem; }
h4 { font-size: 0.8rem; letter-spacing: 0.06em; text-transform: uppercase; color: var(--soft); margin: 1.25rem 0 0.25rem; }
p { margin: 0 0 0.75rem; max-width: 44rem; }
.soft { color: var(--soft); }
.layout { display: grid; grid-template-columns: 17rem minmax(0, 52rem); gap: 3.5rem; max-width: 78rem; margin: 0 auto; padding: 0 2rem; }
.single { max-width: 46rem; margin: 0 auto; padding: 0 1rem; }
nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: 2.5rem 0; font-size: 0.9rem; }
nav ul { list-style: none; margin: 0 0 1rem; padding: 0; }
nav li a { display: block; padding: 0.15rem 0; color: var(--ink); text-decoration: none; }
nav li a:hover { color: var(--accent); text-decoration: underline; }
nav strong a { color: var(--soft); text-decoration: none; font-weight: 600; }
main { padding: 2.5rem 0 6rem; min-width: 0; }
section.operation, section.schema { padding: 2rem 0 0.5rem; }
section.operation + section.operation, section.schema + section.schema { border-top: 1px solid var(--line); }
.call { display: flex; flex-wrap: wrap; gap: 0.25rem 0.75rem; align-items: baseline; margin: 0 0 0.75rem; }
.method { font-weight: 700; font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 0.875rem; }
.get { color: var(--get); } .post { color: var(--post); } .patch { color: var(--patch); } .put { color: var(--put); } .delete { color: var(--delete); }
dl.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.1rem 1rem; margin: 0 0 1rem; font-size: 0.925rem; }
dl.facts dt { color: var(--soft); }
dl.facts dd { margin: 0; }
dl.members { margin: 0 0 1rem; border-top: 1px solid var(--line); font-size: 0.925rem; }
dl.members > div { display: grid; grid-template-columns: 13rem minmax(0, 1fr); gap: 0 1.25rem; padding: 0.45rem 0; border-bottom: 1px solid var(--line); }
dl.members dt { overflow-wrap: anywhere; }
dl.members dd { margin: 0; }
.required { color: var(--soft); font-size: 0.8rem; display: block; }
details > summary { cursor: pointer; color: var(--soft); font-size: 0.925rem; }
details[open] > summary { margin-bottom: 0.25rem; }
ul.codes { list-style: none; padding: 0; margin: 0.25rem 0 1rem; display: flex; flex-wrap: wrap; gap: 0.15rem 1.25rem; font-size: 0.925rem; }
ul.codes li { max-width: 100%; }
@media (max-width: 56rem) {
  .layout { display: block; padding: 0 1rem; }
  nav { position: static; max-height: none; padding: 1rem 0 0; display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; }
  nav ul { display: none; }
  nav strong a { display: block; padding: 0.4rem 0; }
  main { padding-top: 1.5rem; }
  dl.members > div { grid-template-columns: minmax(0, 1fr); }
  .required { display: inline; margin-left: 0.5rem; }
}
@media print { nav { display: none; } .layout { display: block; } details > * { display: block; } }
`;
