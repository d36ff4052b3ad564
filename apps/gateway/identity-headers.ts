/**
 * By which headers well-known proxies say who calls, or from where: in lower case, one that ends with `-` stands for all that begin so. Programs that are made to
 * stand behind one of these believe them, so no caller may say them. docs/applications.md has the table.
 */
export const identityHeaders: Readonly<Record<string, readonly string[]>> = {
  'the gateway': ['x-tenet-'],
  'web servers and load balancers': [
    'client-ip',
    'forwarded',
    'proxy',
    'true-client-ip',
    'via',
    'x-client-ip',
    'x-cluster-client-ip',
    'x-forwarded-',
    'x-original-',
    'x-real-ip',
    'x-rewrite-url',
    'ssl-client-',
    'x-client-cert',
    'x-ssl-client-',
  ],
  'Authelia, Apache and others': ['remote-', 'x-remote-'],
  authentik: ['x-authentik-'],
  'AWS load balancers': ['x-amzn-mtls-', 'x-amzn-oidc-'],
  'Azure App Service': ['x-ms-client-principal', 'x-ms-client-principal-', 'x-ms-token-'],
  Cloudflare: ['cf-access-', 'cf-connecting-ip', 'cf-connecting-ipv6'],
  'Google IAP': ['x-goog-authenticated-user-', 'x-goog-iap-'],
  Grafana: ['x-webauth-'],
  Keycloak: ['x-auth-email', 'x-auth-groups', 'x-auth-roles', 'x-auth-subject', 'x-auth-user', 'x-auth-userid', 'x-auth-username'],
  Kubernetes: ['impersonate-'],
  'oauth2-proxy': ['x-auth-request-'],
  Pomerium: ['x-pomerium-'],
  Shibboleth: ['shib-'],
  SiteMinder: ['sm-user', 'sm-universalid'],
  Tailscale: ['tailscale-'],
  'Vouch Proxy': ['x-vouch-'],
  others: ['x-authenticated-'],
};

const all = Object.values(identityHeaders).flat();
const names: ReadonlySet<string> = new Set(all.filter((name) => !name.endsWith('-')));
const prefixes = new RegExp(`^(?:${all.filter((name) => name.endsWith('-')).join('|')})`);

/** Whether a header, by its plain name in lower case, says who calls. */
export const isIdentity = (name: string): boolean => names.has(name) || prefixes.test(name);
