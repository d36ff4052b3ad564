import { ownPaths } from '../../core/apps/urls.ts';

/**
 * Whether a program could read the path of a target as one of the gateway itself: as it came, as RFC 3986 section 6.2.2 normalizes it, or as lenient servers do, which
 * take `%2f` and `\\` for `/`, several slashes for one, and leave out what is behind a `;`.
 */
export function isOwnPath(target: string): boolean {
  const [path = ''] = target.split(/[?#]/, 1);
  return [path, normalized(path), lenient(path)].some((reading) => reading.startsWith(ownPaths));
}

const unreserved = /[\w.~-]/;

function normalized(path: string): string {
  return withoutDots(path.replace(/%[0-9a-f]{2}/gi, (written) => (unreserved.test(decoded(written)) ? decoded(written) : written)));
}

function lenient(path: string): string {
  const plain = path.replace(/%[0-9a-f]{2}/gi, decoded);
  return withoutDots(
    plain
      .replaceAll('\\', '/')
      .replace(/;[^/]*/g, '')
      .replace(/\/+/g, '/'),
  );
}

const decoded = (written: string): string => String.fromCharCode(Number.parseInt(written.slice(1), 16));

/** RFC 3986 section 5.2.4. */
function withoutDots(path: string): string {
  const [, ...segments] = path.split('/');
  const kept: string[] = [];
  for (const segment of segments) {
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
  }
  if (['.', '..'].includes(segments.at(-1) ?? '')) kept.push('');
  return `/${kept.join('/')}`;
}
