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

/** The script that the page runs behind the one of Scalar. */
export const startScript = `Scalar.createApiReference('#reference', ${JSON.stringify(options)});\n`;
