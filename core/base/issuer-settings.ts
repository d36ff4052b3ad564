import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { closest } from './text.ts';

const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;
/** A URL of the web. */
export const webUrl = z.url({ protocol: /^https?$/ });
const text = z.string().min(1);

const claimValue = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/);

/** What an identity provider of TENET_ISSUERS says about itself, and in words what each member `must` be. */
const members = {
  issuer: { schema: webUrl, must: 'a URL such as https://login.example.com' },
  audience: { schema: z.union([text, z.array(text).min(1)]), must: 'the audience that its tokens name, as a text or a list of texts' },
  jwksUri: { schema: webUrl.optional(), must: 'the URL of its keys' },
  algorithms: { schema: z.array(z.enum(algorithms)).min(1).optional(), must: `a list of ${algorithms.join(', ')}` },
  types: { schema: z.array(text).min(1).optional(), must: 'a list of values of the header typ, none for tokens without it' },
  maxTokenAge: { schema: z.number().int().positive().optional(), must: 'a whole number of seconds above 0' },
  secondFactor: {
    schema: z
      .strictObject({
        amr: z.array(claimValue).min(1).optional(),
        acr: z.array(claimValue).min(1).optional(),
        maxAge: z.number().int().positive().optional(),
      })
      .optional(),
    must: 'what shows a second factor: lists amr and acr of values without spaces and quotation marks, and maxAge in seconds',
  },
} as const;
type Member = keyof typeof members;
const shape = Object.fromEntries(Object.entries(members).map(([name, { schema }]) => [name, schema])) as {
  [M in Member]: (typeof members)[M]['schema'];
};
const issuer = z.strictObject(shape);

export type IssuerSetting = z.output<typeof issuer>;

/** The identity providers that the variables name; what is wrong with them is added to `problems`, a sentence each. */
export function readIssuers(
  values: Readonly<Partial<Record<'TENET_ISSUERS' | 'TENET_ISSUER' | 'TENET_AUDIENCE', string | undefined>>>,
  problems: string[],
): IssuerSetting[] {
  const { TENET_ISSUERS: list, TENET_ISSUER: one, TENET_AUDIENCE: audience } = values;
  if (list && one) problems.push('TENET_ISSUERS and TENET_ISSUER are both set; use one of them.');
  if (one && !audience)
    problems.push('TENET_AUDIENCE is needed with TENET_ISSUER: without an audience a token for any other service would be accepted.');
  if (audience && !one) problems.push('TENET_ISSUER is needed with TENET_AUDIENCE: it names the provider whose tokens count.');
  if (one && audience) return [{ issuer: one, audience }];
  if (!list) return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(list.startsWith('@') ? readFileSync(resolve(list.slice(1)), 'utf8') : list);
  } catch (error) {
    problems.push(`TENET_ISSUERS cannot be read: ${(error as Error).message.replace(/\.$/, '')}. ${expected}`);
    return [];
  }
  if (!Array.isArray(parsed) || parsed.length === 0) {
    problems.push(`TENET_ISSUERS holds no list of identity providers. ${expected}`);
    return [];
  }
  return parsed.flatMap((entry: unknown, index) => readIssuer(entry, `TENET_ISSUERS: provider ${index + 1}`, problems));
}

const expected =
  'It must be JSON such as [{"issuer": "https://login.example.com", "audience": "tenet"}], or @ and the path of a file with it.';

function readIssuer(entry: unknown, where: string, problems: string[]): IssuerSetting[] {
  const parsed = issuer.safeParse(entry);
  if (parsed.success) return [parsed.data];
  const known = new Set<string>();
  for (const issue of parsed.error.issues) {
    if (issue.code === 'unrecognized_keys') problems.push(...issue.keys.map((key) => unknownMember(where, key)));
    else if (issue.path.length === 0) problems.push(`${where} must be an object with issuer and audience.`);
    else known.add(String(issue.path[0]));
  }
  for (const name of known) {
    const value = (entry as Record<string, unknown>)[name];
    const is = value === undefined ? 'is missing' : `is ${JSON.stringify(value).slice(0, 80)}`;
    problems.push(`${where}: ${name} must be ${members[name as Member].must}, and ${is}.`);
  }
  return [];
}

function unknownMember(where: string, key: string): string {
  const near = closest(key, Object.keys(members));
  return `${where} has a member ${key}, which is not known${near ? `; did you mean ${near}?` : `. There are ${Object.keys(members).join(', ')}.`}`;
}
