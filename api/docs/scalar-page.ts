import { randomBytes } from 'node:crypto';
import type { Assets } from './assets.ts';
import { html } from './html.ts';
import type { Page } from './reference.ts';

/**
 * The page at /docs: Scalar on our own files. What it loads comes from here alone, and no script but its two files runs. Most of its style
 * is made by its script: each answer names that by a nonce of its own. Style attributes stay forbidden; scalar-start.ts says what becomes of them.
 */
export function scalarPage(title: string, { names }: Pick<Assets, 'names'>): Page {
  const nonce = randomBytes(16).toString('base64url');
  const { text } = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<link rel="icon" href="data:,">
<meta property="csp-nonce" content="${nonce}">
<link rel="stylesheet" href="/docs/assets/${names.style}">
<script defer src="/docs/assets/${names.start}"></script>
<script defer src="/docs/assets/${names.scalar}"></script></head>
<body><nav class="other" aria-label="Other forms of this page"><a href="/docs/plain">Plain page</a> <a href="/openapi.yaml">YAML</a> <a href="/openapi.json">JSON</a></nav>
<noscript><main class="noscript"><h1>${title}</h1><p>This page needs JavaScript. <a href="/docs/plain">The plain page</a> says the same without it.</p></main></noscript>
<div id="reference"></div></body></html>
`;
  return { html: text, headers: pageHeaders(nonce) };
}

function pageHeaders(nonce: string): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return { 'Content-Security-Policy': policy.join('; '), 'Cache-Control': 'no-store' };
}
