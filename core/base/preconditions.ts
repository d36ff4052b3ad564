import { InvalidInput, VersionMismatch } from './errors.ts';

/** One entity tag (RFC 9110 section 8.8.3), with its quotes. */
interface EntityTag {
  readonly isWeak: boolean;
  readonly tag: string;
}

/** What If-Match and If-None-Match say: `*`, or a list of tags. */
type Condition = '*' | readonly EntityTag[];

/** What a request asks of the present version of what it is about (RFC 9110 section 13.1). */
export interface Preconditions {
  readonly ifMatch?: Condition;
  readonly ifNoneMatch?: Condition;
}

/** Reads the two headers, named in lower case. Throws InvalidInput, with the name of the header, for what is neither `*` nor a list of tags. */
export function readPreconditions(headers: Readonly<Record<string, unknown>>): Preconditions {
  const ifMatch = readCondition('If-Match', headers['if-match']);
  const ifNoneMatch = readCondition('If-None-Match', headers['if-none-match']);
  return { ...(ifMatch && { ifMatch }), ...(ifNoneMatch && { ifNoneMatch }) };
}

/**
 * Throws VersionMismatch when the version is not what the request asks for. `etag` is the present one, undefined where there is
 * nothing yet: then If-Match "0" asks for just that. If-Match compares strongly and comes first, If-None-Match weakly (RFC 9110 sections 8.8.3.2 and 13.2.2).
 */
export function checkPreconditions({ ifMatch, ifNoneMatch }: Preconditions, etag: string | undefined): void {
  if (ifMatch !== undefined && !matches(ifMatch, etag ?? absent(ifMatch), 'strong')) throw new VersionMismatch(etag);
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, etag, 'weak')) {
    throw new VersionMismatch(etag, 'It exists in a version that If-None-Match names, so nothing was done.');
  }
}

/** Whether a reader has this version already, so that 304 is enough. Throws VersionMismatch as If-Match asks. */
export function isUnmodified({ ifMatch, ifNoneMatch }: Preconditions, etag: string): boolean {
  if (ifMatch !== undefined) checkPreconditions({ ifMatch }, etag);
  return ifNoneMatch !== undefined && matches(ifNoneMatch, etag, 'weak');
}

/** The tag of what is not there; `*` does not match it. */
function absent(condition: Condition): string | undefined {
  return condition === '*' ? undefined : '"0"';
}

function matches(condition: Condition, etag: string | undefined, comparison: 'strong' | 'weak'): boolean {
  if (etag === undefined) return false;
  return condition === '*' || condition.some(({ isWeak, tag }) => tag === etag && (comparison === 'weak' || !isWeak));
}

function readCondition(name: string, header: unknown): Condition | undefined {
  if (typeof header !== 'string') return undefined;
  if (/^[ \t]*\*[ \t]*$/.test(header)) return '*';
  const tags = readTags(header);
  if (tags.length > 0) return tags;
  throw new InvalidInput(`${name} is no list of ETags.`, [
    { parameter: name, detail: 'must be *, or ETags with their quotes, such as "1" or "1", "2"' },
  ]);
}

/** A list as RFC 9110 section 5.6.1 has it, where members may be empty and tags may hold commas; none where it is no such list. */
function readTags(header: string): EntityTag[] {
  const member = /[ \t]*(?:(W\/)?("[\x21\x23-\x7e\x80-\xff]*"))?[ \t]*(?:,|$)/y;
  const tags: EntityTag[] = [];
  while (member.lastIndex < header.length) {
    const match = member.exec(header);
    if (!match) return [];
    if (match[2] !== undefined) tags.push({ isWeak: match[1] !== undefined, tag: match[2] });
  }
  return tags;
}
