/**
 * How the reference is started. Everything that would call another machine is off: fonts, telemetry, the proxy for requests, the client,
 * the editor and the agent of its makers. A token that a reader enters stays in the page and is gone with it.
 */
const options = {
  url: '/openapi.json',
  telemetry: false,
  withDefaultFonts: false,
  proxyUrl: '',
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: { disabled: true },
  mcp: { disabled: true },
  persistAuth: false,
  documentDownloadType: 'direct',
  externalUrls: { dashboardUrl: '', registryUrl: '', proxyUrl: '', apiBaseUrl: '' },
  authentication: { preferredSecurityScheme: 'bearerAuth' },
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
};

/**
 * What Scalar does that the security policy of the page forbids, done in a way that it allows. Style elements get the nonce of the page.
 * A style attribute becomes what a script may set, the `style` of the element; in HTML, where highlighted code comes from, it has another
 * name until then. And its validator (Zod) must not try whether it may compile code.
 */
const withinPolicy = `globalThis.__zod_globalConfig = { jitless: true };
const nonce = document.querySelector('meta[property=csp-nonce]').content;
const { createElement } = Document.prototype;
Document.prototype.createElement = function (...given) {
  const element = createElement.apply(this, given);
  if (element instanceof HTMLStyleElement) element.nonce = nonce;
  return element;
};
const { setAttribute } = Element.prototype;
Element.prototype.setAttribute = function (name, value) {
  if (name === 'style' && this instanceof HTMLElement) this.style.cssText = value;
  else setAttribute.call(this, name, value);
};
const innerHTML = Object.getOwnPropertyDescriptor(Element.prototype, 'innerHTML');
Object.defineProperty(Element.prototype, 'innerHTML', {
  ...innerHTML,
  set(html) {
    const text = String(html ?? '');
    if (!text.includes(' style=')) return innerHTML.set.call(this, html);
    innerHTML.set.call(this, text.replace(/<[a-z][^<>]*>/gi, (tag) => tag.replaceAll(' style=', ' data-style=')));
    for (const element of (this.content ?? this).querySelectorAll('[data-style]')) element.style.cssText = element.dataset.style;
  },
});
`;

/** The script that the page runs ahead of the one of Scalar. */
export const startScript = `${withinPolicy}
document.addEventListener('DOMContentLoaded', () => Scalar.createApiReference('#reference', ${JSON.stringify(options)}));
`;
