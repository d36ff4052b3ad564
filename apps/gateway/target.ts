import { TenetError } from '../../core/base/errors.ts';
import { prefixes, toUuid } from '../../core/base/ids.ts';

/** Which instance a request is for, and what it asks of it. */
export interface Target {
  /** A uuid; undefined where the request names none that there could be. */
  readonly instance: string | undefined;
  /** With the query, as the program gets it. */
  readonly path: string;
}

/**
 * Reads the target of a request: the first label of its host below `domain`, else, without a domain, the first segment of its path. Throws
 * bad-request where the request line names another host than Host does.
 */
export function targetOf(url: string, host: string, domain: string | undefined): Target {
  const path = pathOf(url, host);
  if (domain !== undefined) return { instance: instanceAt(labelBelow(host, domain)), path };
  const [, name, rest = ''] = /^\/([^/?]*)(.*)$/s.exec(path) ?? [];
  return { instance: instanceAt(name), path: rest.startsWith('/') ? rest : `/${rest}` };
}

/** The target in its origin form. A proxy's form names the host as well (RFC 9112 section 3.2.2). */
function pathOf(url: string, host: string): string {
  if (url.startsWith('/')) return url;
  const [, authority, rest = ''] = /^http:\/\/([^/?#]*)([^#]*)$/i.exec(url) ?? [];
  if (authority === undefined || authority.toLowerCase() !== host.toLowerCase()) {
    throw new TenetError('bad-request', 'The target of the request must be a path, or a URL with the host of the Host header.');
  }
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** `a` in a.apps.example.com:8443, where the domain is apps.example.com. */
function labelBelow(host: string, domain: string): string | undefined {
  const name = host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
  const suffix = `.${domain}`;
  return name.endsWith(suffix) ? name.slice(0, -suffix.length) : undefined;
}

const pattern = new RegExp(`^${prefixes.instance}[-_]([0-7][0-9a-hjkmnp-tv-z]{25})$`);

function instanceAt(name: string | undefined): string | undefined {
  const suffix = pattern.exec(name ?? '')?.[1];
  return suffix === undefined ? undefined : toUuid('instance', `${prefixes.instance}_${suffix}`);
}
