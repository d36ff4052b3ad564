import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { closest } from './text.ts';

/** A configuration that cannot be used; the message names every variable that is wrong and says what to do. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(`The configuration cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

const port = z.coerce.number().int().min(0).max(65_535);
const issuer = z.strictObject({
  issuer: z.url(),
  audience: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  jwksUri: z.url().optional(),
  algorithms: z
    .array(z.enum(['RS256', 'PS256', 'ES256', 'EdDSA']))
    .min(1)
    .optional(),
  types: z.array(z.string().min(1)).min(1).optional(),
  maxTokenAge: z.number().int().positive().optional(),
});
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

/** Every variable that Tenet reads, with its default and meaning. `tenet config` and docs/configuration.md are made from this table. */
export const variables = {
  DATABASE_URL: {
    schema: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    secret: true,
    text: 'A PostgreSQL 15+ server of your own. Without it an embedded PostgreSQL 18 runs in the data directory.',
  },
  TENET_HOST: { schema: z.string().min(1).default('127.0.0.1'), text: 'Address to listen on.' },
  TENET_PORT: { schema: port.default(8080), text: 'Port of the API; 0 takes a free one.' },
  TENET_METRICS_PORT: { schema: port.default(9464), text: 'Port of /metrics; 0 takes a free one.' },
  TENET_PUBLIC_URL: {
    schema: z.url({ protocol: /^https?$/ }).optional(),
    text: 'The URL under which callers reach the API, for links in mails and metadata. Default: where it listens.',
  },
  TENET_DATA_DIR: {
    schema: z.string().min(1).default('.tenet'),
    text: 'Directory of the embedded database, the local keys and mails that no SMTP server takes.',
  },
  TENET_POLICIES: {
    schema: z.string().min(1).default('policies'),
    text: 'Directory of the policy files that a database without a policy revision starts with.',
  },
  TENET_ISSUERS: {
    schema: z.string().min(1).optional(),
    text: 'Identity providers as JSON: [{"issuer": "https://...", "audience": "tenet"}], or @file. Without it a local issuer signs tokens, on loopback only.',
  },
  TENET_ISSUER: { schema: z.url().optional(), text: 'Short form for one identity provider: its issuer URL.' },
  TENET_AUDIENCE: {
    schema: z.string().min(1).optional(),
    text: 'Short form for one identity provider: the audience that its tokens must name.',
  },
  TENET_ENCRYPTION_KEYS: {
    schema: z.string().min(1).optional(),
    secret: true,
    text: 'Keyring `kid:base64,kid:base64` of 32-byte keys; the first signs and encrypts, all verify. Needed with DATABASE_URL: every replica must hold the same.',
  },
  TENET_SMTP_URL: {
    schema: z.url({ protocol: /^smtps?$/ }).optional(),
    secret: true,
    text: 'SMTP server for mails, smtp://user:password@host:port. Without it mails are written as .eml files into the data directory.',
  },
  TENET_MAIL_FROM: { schema: z.string().min(3).default('Tenet <tenet@localhost>'), text: 'Sender of mails.' },
  TENET_LOG_LEVEL: {
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
    text: 'Least level that is logged.',
  },
  TENET_DATABASE_POOL: { schema: z.coerce.number().int().min(2).max(200).default(10), text: 'Connections to the database for requests.' },
  TENET_DECISION_CONSISTENCY: {
    schema: z.enum(['fully_consistent', 'minimize_latency']).default('fully_consistent'),
    text: 'Consistency of the decision API when a request does not say.',
  },
  TENET_SHADOW_SHARE: {
    schema: z.coerce.number().min(0).max(1).default(0.001),
    text: 'Share of decisions that stock Casbin decides again off the request path.',
  },
  TENET_VALIDATE_RESPONSES: {
    schema: flag.optional(),
    text: 'Check every response against the contract. Default: true unless NODE_ENV is production.',
  },
  TENET_KUBECONFIG: {
    schema: z.string().min(1).optional(),
    text: 'Kubeconfig of the cluster whose Organization and Project manifests are reconciled.',
  },
  TENET_MANIFESTS: { schema: z.string().min(1).optional(), text: 'Directory of manifests to reconcile without a cluster.' },
  TENET_MANIFESTS_PRUNE: {
    schema: flag.default(false),
    text: 'Carry out the deletionPolicy of manifests that leave the directory; else what they declared stays, and the log says so.',
  },
} as const satisfies Record<string, { schema: z.ZodType; text: string; secret?: boolean }>;

type Name = keyof typeof variables;
type Values = { readonly [N in Name]: z.output<(typeof variables)[N]['schema']> };
export type IssuerSetting = z.output<typeof issuer>;

export interface Config extends Values {
  /** Identity providers; empty means the local issuer. */
  readonly issuers: readonly IssuerSetting[];
  /** Keyring, newest first; empty means one that is made in the data directory. */
  readonly encryptionKeys: readonly { readonly kid: string; readonly key: Buffer }[];
  readonly validateResponses: boolean;
}

/** Reads the environment once. Throws ConfigError with one line per variable that is missing, misspelt or wrong. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(environment)) {
    if (!name.startsWith('TENET_') || name.startsWith('TENET_TEST_') || name in variables) continue;
    const near = closest(name, Object.keys(variables));
    problems.push(
      `${name} is not a variable of Tenet${near ? `; did you mean ${near}?` : '.'} Rename or unset it; docs/configuration.md lists every variable.`,
    );
  }
  for (const [name, { schema }] of Object.entries(variables)) {
    const given = environment[name];
    const parsed = schema.safeParse(given === '' ? undefined : given);
    if (parsed.success) values[name] = parsed.data;
    else
      problems.push(`${name}: ${parsed.error.issues.map((issue) => issue.message).join('; ')}. It means: ${variables[name as Name].text}`);
  }
  const known = values as unknown as Values;
  const issuers = readIssuers(known, problems);
  const encryptionKeys = readKeys(known.TENET_ENCRYPTION_KEYS, problems);
  if (known.DATABASE_URL && encryptionKeys.length === 0 && !known.TENET_ENCRYPTION_KEYS) {
    problems.push('TENET_ENCRYPTION_KEYS is needed with DATABASE_URL. Make one: echo "k1:$(openssl rand -base64 32)"');
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze({
    ...known,
    issuers,
    encryptionKeys,
    validateResponses: known.TENET_VALIDATE_RESPONSES ?? environment['NODE_ENV'] !== 'production',
  });
}

function readIssuers(values: Values, problems: string[]): IssuerSetting[] {
  const { TENET_ISSUERS: list, TENET_ISSUER: one, TENET_AUDIENCE: audience } = values;
  if (list && one) problems.push('TENET_ISSUERS and TENET_ISSUER are both set; use one of them.');
  if (one && !audience)
    problems.push('TENET_AUDIENCE is needed with TENET_ISSUER: without an audience a token for any other service would be accepted.');
  if (audience && !one) problems.push('TENET_ISSUER is needed with TENET_AUDIENCE: it names the provider whose tokens count.');
  if (one && audience) return [{ issuer: one, audience }];
  if (!list) return [];
  try {
    const text = list.startsWith('@') ? readFileSync(resolve(list.slice(1)), 'utf8') : list;
    const parsed = z.array(issuer).min(1).safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues) problems.push(`TENET_ISSUERS: ${path.join('.')}: ${message}.`);
  } catch (error) {
    problems.push(`TENET_ISSUERS cannot be read: ${(error as Error).message}`);
  }
  return [];
}

function readKeys(text: string | undefined, problems: string[]): { kid: string; key: Buffer }[] {
  if (!text) return [];
  const keys = text.split(',').map((part) => {
    const [kid = '', encoded = ''] = part.trim().split(':');
    return { kid, key: Buffer.from(encoded, 'base64') };
  });
  const wrong = keys.some(({ kid, key }) => !/^[\w.-]{1,32}$/.test(kid) || key.length !== 32);
  if (wrong)
    problems.push('TENET_ENCRYPTION_KEYS must be `kid:base64,...` with 32 bytes a key. Make one: echo "k1:$(openssl rand -base64 32)"');
  if (new Set(keys.map(({ kid }) => kid)).size !== keys.length) problems.push('TENET_ENCRYPTION_KEYS names a kid twice.');
  return keys;
}

/** The configuration for people: one `NAME=value` per variable, secrets replaced by ***. */
export function describeConfig(config: Config): string[] {
  return (Object.keys(variables) as Name[]).map((name) => {
    const { secret, text } = variables[name] as { secret?: boolean; text: string };
    const value = config[name];
    const shown = value === undefined ? '' : secret ? '***' : String(value);
    return `${name}=${shown}\n    ${text}`;
  });
}
