import { z } from 'zod';
import { isNetwork, isWebOrigin } from './addresses.ts';
import { appsVariables } from './apps-variables.ts';
import {
  aBudget,
  aFlag,
  aPort,
  aShare,
  blueprintName,
  commaList,
  flag,
  namespaceName,
  port,
  secondsList,
  share,
  whole,
} from './config-schemas.ts';
import { type IssuerSetting, readIssuers, webUrl } from './issuer-settings.ts';
import { aSubjectTable, readSubjects } from './mail-subjects.ts';
import { isObject } from './objects.ts';
import { type PolicyKey, readPolicyKeys } from './policy-keys.ts';
import { closest } from './text.ts';

/** A configuration that cannot be used; the message names every variable that is wrong and says what to do. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(`The configuration cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
/** `/v1/connections=connection` */
const pathAlias = /^(\/[a-z0-9][a-z0-9._-]{0,62}){1,5}=[a-z][a-z0-9-]{0,62}$/;
const logFormats = ['auto', 'json', 'pretty'] as const;

/**
 * Every variable that Tenet reads, with its default and meaning, and in words what it `must` be where not every text will do.
 * `tenet config` and docs/configuration.md are made from this table.
 */
export const variables = {
  DATABASE_URL: {
    schema: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    must: 'a URL such as postgres://user:password@host:5432/database',
    secret: true,
    text: 'A PostgreSQL 15+ server of your own. Without it an embedded PostgreSQL 18 runs in the data directory.',
  },
  TENET_HOST: { schema: z.string().min(1).default('127.0.0.1'), text: 'Address to listen on.' },
  TENET_PORT: { schema: port.default(8080), must: aPort, text: 'Port of the API; 0 takes a free one.' },
  TENET_METRICS_PORT: { schema: port.default(9464), must: aPort, text: 'Port of /metrics; 0 takes a free one.' },
  TENET_PUBLIC_URL: {
    schema: webUrl.optional(),
    must: 'a URL that begins with https:// or http://, such as https://tenet.example.com',
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
  TENET_POLICY_KEYS: {
    schema: z.string().min(1).optional(),
    text: 'Public Ed25519 keys as a JWK Set (`{"keys":[...]}`), or @file. With it no policy of the platform or of a kind of organization decides that none of them has signed.',
  },
  TENET_DEFAULT_BLUEPRINT: {
    schema: blueprintName.optional(),
    must: 'the name of a blueprint, in lower case',
    text: 'Kind of an organization that is created without one. Else it is the only blueprint in force, or the one whose file says `default: true`.',
  },
  TENET_PERSONAL_BLUEPRINT: {
    schema: blueprintName.optional(),
    must: 'the name of a blueprint, in lower case',
    text: 'Kind of the personal organization that each account gets. Without it there are none.',
  },
  TENET_ENTITLEMENTS: {
    schema: z
      .string()
      .regex(/^(none|[a-z][a-z0-9-]{0,62}(,[a-z][a-z0-9-]{0,62}){0,19})$/)
      .default('organizations'),
    must: 'names in lower case, separated by commas, or none',
    text: 'Entitlements that a new account has, separated by commas; `none` where a plan gives them: then operators give them to accounts.',
  },
  TENET_PLAN_SELF_SERVICE: {
    schema: flag.default(false),
    must: aFlag,
    text: 'Whether organizations change their plans themselves, where their kind leaves that to the installation (`plans.selfService: platform`). Without it operators do.',
  },
  TENET_ISSUERS: {
    schema: z.string().min(1).optional(),
    text: 'Identity providers as JSON: [{"issuer": "https://...", "audience": "tenet"}], or @file. Without it a local issuer signs tokens, on loopback only.',
  },
  TENET_ISSUER: {
    schema: webUrl.optional(),
    must: 'the URL of an identity provider, as its tokens have it in iss, such as https://login.example.com',
    text: 'Short form for one identity provider: its issuer URL.',
  },
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
    must: 'a URL such as smtp://user:password@host:587 or smtps://host',
    secret: true,
    text: 'SMTP server for mails, smtp://user:password@host:port. Without it mails are written as .eml files into the data directory.',
  },
  TENET_MAIL_FROM: {
    schema: z.string().regex(/@/).default('Tenet <tenet@localhost>'),
    must: 'an e-mail address, such as Acme <accounts@acme.example>',
    text: 'Sender of mails.',
  },
  TENET_MAIL_LANGUAGE: {
    schema: z
      .string()
      .regex(/^[a-z]{2,8}$/)
      .default('en'),
    must: 'a language that mails are written in: en or de',
    text: 'Language of mails about an organization that says none (`language`), or one that mails are not written in.',
  },
  TENET_MAIL_SUBJECTS: {
    schema: z.string().default('{}').transform(readSubjects),
    must: aSubjectTable,
    text: 'Subjects in the place of the usual ones, by language and mail, as JSON: `{"en":{"invitation":"Join {organization} at Acme"}}`.',
  },
  TENET_MAIL_UNSUBSCRIBE: {
    schema: z
      .string()
      .regex(/^(mailto:[^\s<>,]+@[^\s<>,]+|https:\/\/[^\s<>,]+)$/)
      .optional(),
    must: 'a mailto: or https: URL',
    text: 'Where people say that they want no more mails: the header List-Unsubscribe of each. Without it mails have no such header.',
  },
  TENET_MAILS_PER_ADDRESS: {
    schema: whole(1, 1_000_000).default(20),
    must: aBudget,
    text: 'Mails of invitations and alerts to one address in a day (UTC), from all organizations together.',
  },
  TENET_MAILS_PER_INVITER: {
    schema: whole(1, 1_000_000).default(500),
    must: aBudget,
    text: 'Invitation mails that one user causes in a day (UTC).',
  },
  TENET_MAILS_PER_ORGANIZATION: {
    schema: whole(1, 1_000_000).default(1_000),
    must: aBudget,
    text: 'Invitation mails of one organization in a day (UTC), those that its manifest asks for included. Its alerts may send as many.',
  },
  TENET_RESEND_COOLDOWN: {
    schema: whole(0, 86_400).default(60),
    must: 'a whole number of seconds from 0 to 86400',
    text: 'Seconds before an invitation can be sent again.',
  },
  TENET_ORGANIZATIONS_PER_USER: {
    schema: whole(0, 1_000_000).default(100),
    must: 'a whole number from 0 to 1000000',
    text: 'Living organizations that one user has created through the API.',
  },
  TENET_ORGANIZATIONS_PER_DAY: {
    schema: whole(1, 1_000_000).default(20),
    must: aBudget,
    text: 'Organizations that one user creates through the API in a day (UTC), the deleted ones included.',
  },
  TENET_DELETION_GRACE_DAYS: {
    schema: whole(0, 3_650).default(30),
    must: 'a whole number of days from 0 to 3650',
    text: 'Days before a deleted organization or project is purged. Until then an operator can restore the organization, and its administrators the project.',
  },
  TENET_FETCH_ALLOWED_NETWORKS: {
    schema: commaList.pipe(z.array(z.string().refine(isNetwork)).max(20)),
    must: 'at most 20 networks in CIDR notation, such as 10.20.0.0/16,fd00:20::/32',
    text: 'Networks inside, separated by commas, into which Tenet may send requests that tenants name, such as those for logos. Default: none, only public addresses. Certificates of your own: NODE_EXTRA_CA_CERTS.',
  },
  TENET_WEBHOOK_HTTP: {
    schema: flag.default(false),
    must: aFlag,
    text: 'Whether webhooks may name http URLs as well. They lead into TENET_FETCH_ALLOWED_NETWORKS alone.',
  },
  TENET_WEBHOOK_RETRIES: {
    schema: secondsList.prefault('5,30,300,1800,7200,18000,36000,36000'),
    must: 'at most 20 numbers of seconds, separated by commas',
    text: 'Seconds before each further attempt to send an event to a webhook. After the last one the webhook is disabled.',
  },
  TENET_LOG_LEVEL: {
    schema: z.enum(levels).default('info'),
    must: `one of ${levels.join(', ')}`,
    text: 'Least level that is logged.',
  },
  TENET_LOG_FORMAT: {
    schema: z.enum(logFormats).default('auto'),
    must: `one of ${logFormats.join(', ')}`,
    text: 'Form of the log: json, pretty (for people), or auto, which is pretty on a terminal and json elsewhere.',
  },
  TENET_DATABASE_POOL: {
    schema: whole(2, 200).default(10),
    must: 'a whole number from 2 to 200',
    text: 'Connections to the database for requests.',
  },
  TENET_DATABASE_POOLER: {
    schema: z.enum(['none', 'session']).default('none'),
    must: 'none or session',
    text: 'What is between Tenet and PostgreSQL: `none`, or `session` for a pooler that pools by session and takes no startup options, such as PgBouncer.',
  },
  TENET_CONNECTIONS: {
    schema: whole(10, 100_000).default(4_000),
    must: 'a whole number from 10 to 100000',
    text: 'HTTP connections that are open at one time; beyond it the one that has rested longest is closed. Each takes a file descriptor.',
  },
  TENET_CORS_ORIGINS: {
    schema: z
      .string()
      .transform((list) => list.split(',').map((origin) => origin.trim()))
      .pipe(z.array(z.string().refine(isWebOrigin)))
      .optional(),
    must: 'origins as browsers send them, such as https://app.example.com,http://localhost:3000: no *, no path, no slash at the end, no port that is the default',
    text: 'Origins whose pages may call the API with a token of their own (CORS), separated by commas. Default: none.',
  },
  TENET_API_KEY_HEADERS: {
    schema: commaList
      .transform((names) => names.map((name) => name.toLowerCase()))
      .pipe(z.array(z.string().regex(/^x-[a-z0-9-]{1,60}$/)).max(5)),
    must: 'at most five names of headers that begin with x-, such as x-api-key,x-acme-secret',
    text: 'Headers that may bring an API key in the place of Authorization, separated by commas. Default: none.',
  },
  TENET_PATH_ALIASES: {
    schema: commaList
      .pipe(z.array(z.string().regex(pathAlias)).max(50))
      .refine((list) => new Set(list.map((alias) => alias.split('=')[0])).size === list.length),
    must: 'at most 50 paths with a resource type each, such as /v1/connections=connection,/v1/vault/connections=connection, each path once',
    text: 'Short paths at which an API key finds the resources of a type in its organization, or in the project that it is bound to, separated by commas. A path of the contract comes first. Default: none.',
  },
  TENET_TRUSTED_PROXIES: {
    schema: commaList.pipe(z.array(z.string().refine(isNetwork)).max(50)),
    must: 'at most 50 addresses or networks, such as 10.0.0.0/8,2001:db8::/32',
    text: 'Proxies in front of Tenet whose X-Forwarded-For says from where a request comes, separated by commas. Default: none, and the header is not read.',
  },
  TENET_DECISION_CONSISTENCY: {
    schema: z.enum(['fully_consistent', 'minimize_latency']).default('fully_consistent'),
    must: 'fully_consistent or minimize_latency',
    text: 'Consistency of the decision API when a request does not say.',
  },
  TENET_SHADOW_SHARE: {
    schema: share.default(0.001),
    must: aShare,
    text: 'Share of decisions, those of policy stores too, that stock Casbin decides again off the request path.',
  },
  TENET_DECISION_LOG_SHARE: {
    schema: share.default(0),
    must: aShare,
    text: 'Share of decisions that are written into the decision log: 0 for none, 1 for all.',
  },
  TENET_DECISION_LOG_DAYS: {
    schema: whole(1, 400).default(14),
    must: 'a whole number of days from 1 to 400',
    text: 'Days (UTC) for which the decision log is kept, besides the present one.',
  },
  TENET_VALIDATE_RESPONSES: {
    schema: flag.optional(),
    must: aFlag,
    text: 'Check every response against the contract. Default: true unless NODE_ENV is production.',
  },
  TENET_URL: {
    schema: webUrl.optional(),
    must: 'a URL that begins with https:// or http://, such as https://tenet.example.com',
    text: 'The server that `tenet policy-store` calls. Default: http://127.0.0.1:8080.',
  },
  TENET_TOKEN: {
    schema: z.string().min(1).optional(),
    must: 'a text',
    secret: true,
    text: 'The access token or API key with which `tenet policy-store` calls it.',
  },
  TENET_KUBECONFIG: {
    schema: z.string().min(1).optional(),
    text: 'Kubeconfig of the cluster whose Organization and Project manifests are reconciled.',
  },
  TENET_POLICY_NAMESPACE: {
    schema: namespaceName.optional(),
    must: 'the name of a namespace',
    text: 'Namespace of that cluster whose PolicyRevision manifests say which policies are in force. Without it none count.',
  },
  ...appsVariables,
  TENET_MANIFESTS: { schema: z.string().min(1).optional(), text: 'Directory of manifests to reconcile without a cluster.' },
  TENET_MANIFESTS_PRUNE: {
    schema: flag.default(false),
    must: aFlag,
    text: 'Carry out the deletionPolicy of manifests that leave the directory; else what they declared stays, and the log says so.',
  },
} as const satisfies Record<string, { schema: z.ZodType; text: string; must?: string; secret?: boolean }>;

type Name = keyof typeof variables;
type Values = { readonly [N in Name]: z.output<(typeof variables)[N]['schema']> };

export interface Config extends Values {
  /** Identity providers; empty means the local issuer. */
  readonly issuers: readonly IssuerSetting[];
  /** Keyring, newest first; empty means one that is made in the data directory. */
  readonly encryptionKeys: readonly { readonly kid: string; readonly key: Buffer }[];
  /** Keys that sign policies; none means that no signature is demanded. */
  readonly policyKeys: readonly PolicyKey[];
  readonly validateResponses: boolean;
}

/** What a new account is entitled to. */
export function entitlementsOf({ TENET_ENTITLEMENTS: names }: Pick<Config, 'TENET_ENTITLEMENTS'>): string[] {
  return names === 'none' ? [] : names.split(',');
}

/** Reads the environment once. Throws ConfigError with one line per variable that is missing, misspelt or wrong. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const problems = Object.keys(environment).filter(isUnknown).map(unknownVariable);
  const values: Record<string, unknown> = {};
  for (const [name, { schema }] of Object.entries(variables)) {
    const given = environment[name];
    const parsed = schema.safeParse(given === '' ? undefined : given);
    if (parsed.success) values[name] = parsed.data;
    else problems.push(refusalOf(name as Name, given!));
  }
  const known = values as unknown as Values;
  // One that is set and wrong is not missing besides.
  const issuers = environment['TENET_ISSUER'] && !known.TENET_ISSUER ? [] : readIssuers(known, problems);
  const encryptionKeys = readKeys(known.TENET_ENCRYPTION_KEYS, problems);
  const policyKeys = readPolicyKeys(known.TENET_POLICY_KEYS, problems);
  if (known.DATABASE_URL && encryptionKeys.length === 0 && !known.TENET_ENCRYPTION_KEYS) {
    problems.push('TENET_ENCRYPTION_KEYS is needed with DATABASE_URL. Make one: echo "k1:$(openssl rand -base64 32)"');
  }
  if (known.TENET_MANIFESTS_PRUNE && !known.TENET_MANIFESTS) {
    problems.push('TENET_MANIFESTS_PRUNE (--prune) needs the directory that it is about: set TENET_MANIFESTS (--manifests DIR).');
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze({
    ...known,
    issuers,
    encryptionKeys,
    policyKeys,
    validateResponses: known.TENET_VALIDATE_RESPONSES ?? environment['NODE_ENV'] !== 'production',
  });
}

function isUnknown(name: string): boolean {
  return name.startsWith('TENET_') && !name.startsWith('TENET_TEST_') && !Object.hasOwn(variables, name);
}

function unknownVariable(name: string): string {
  const near = closest(name, Object.keys(variables));
  return `${name} is not a variable of Tenet${near ? `; did you mean ${near}?` : '.'} Rename or unset it; docs/configuration.md lists every variable.`;
}

/** What is wrong with one value, without the value of a secret; of another one, no password that somebody put into the wrong variable. */
function refusalOf(name: Name, given: string): string {
  const { must, secret } = variables[name] as { must?: string; secret?: boolean };
  const shown = JSON.stringify(given.replace(/\/\/[^/\s]*@/, '//***@')).slice(0, 80);
  return `${name} must be ${must}, and is ${secret ? 'something else, which is not shown because it is a secret' : shown}.`;
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
  if (new Set(keys.map(({ kid }) => kid)).size !== keys.length)
    problems.push('TENET_ENCRYPTION_KEYS names a kid twice. Each key needs a kid of its own.');
  return keys;
}

/** The configuration for programs: each variable with its value, null where it has none, secrets replaced by ***. */
export function configValues(config: Config): Record<string, unknown> {
  const entries = (Object.keys(variables) as Name[]).map((name) => {
    const { secret } = variables[name] as { secret?: boolean };
    const value = config[name];
    return [name, value === undefined ? null : secret ? '***' : value];
  });
  return Object.fromEntries(entries);
}

/** The configuration for people: one `NAME=value` per variable, secrets replaced by ***. */
export function describeConfig(config: Config): string[] {
  return (Object.keys(variables) as Name[]).map((name) => {
    const { secret, text } = variables[name] as { secret?: boolean; text: string };
    const value = config[name];
    const shown = value === undefined ? '' : secret ? '***' : settingText(value);
    return `${name}=${shown}\n    ${text}`;
  });
}

/** The value of a variable as it is written into the environment. */
export function settingText(value: unknown): string {
  return isObject(value) ? JSON.stringify(value) : String(value);
}
