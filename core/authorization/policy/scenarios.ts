import { z } from 'zod';
import { limits } from './limits.ts';

const kinds = [
  'member',
  'grant',
  'grant-to-role',
  'revoke-invitation',
  'revoke',
  'revoke-of-role',
  'create-role',
  'create-project',
  'delete-project',
  'invite',
  'remove',
  'leave',
  'may',
] as const;

/** What one step of a scenario does. Names of people, projects and roles of the organization are those of the scenario. */
export interface Deed {
  readonly do: (typeof kinds)[number];
  /** Of the person, project or role that it is about. */
  readonly name: string;
  readonly role?: string;
  readonly project?: string;
  /** Of a role that is made. */
  readonly permissions?: readonly string[];
  /** What is asked. */
  readonly permission?: string;
}

/** A step: who does it, and what comes of it. */
export interface Step {
  readonly deed: Deed;
  /** Nothing: who founded the organization, or for what one does oneself, that person. */
  readonly by?: string;
  /** Of `may`: allow or deny. Else the code of the problem, and the permission that was missing where one is named. Nothing: it is done. */
  readonly outcome?: string;
  readonly missing?: string;
}

const name = '[a-z][a-z0-9-]{0,40}';
const role = '[a-z][a-z0-9._-]{0,60}';
const permission = '[a-z][a-z0-9-]*:(?:[a-z0-9._-]+:)?[a-z][a-z0-9-]*';

/** How each kind of step is written: for people, and to be read. */
const forms: Readonly<Record<Deed['do'], readonly [says: string, form: RegExp]>> = {
  member: ['member <name> [with <role>]', new RegExp(`^member (?<name>${name})(?: with (?<role>${role}))?$`)],
  grant: ['grant <role> [in <project>] to <name>', new RegExp(`^grant (?<role>${role})(?: in (?<project>${name}))? to (?<name>${name})$`)],
  'grant-to-role': [
    'grant <role> in <project> to role <name>',
    new RegExp(`^grant (?<role>${role}) in (?<project>${name}) to role (?<name>${name})$`),
  ],
  revoke: [
    'revoke <role> [in <project>] of <name>',
    new RegExp(`^revoke (?<role>${role})(?: in (?<project>${name}))? of (?<name>${name})$`),
  ],
  'revoke-of-role': [
    'revoke <role> in <project> of role <name>',
    new RegExp(`^revoke (?<role>${role}) in (?<project>${name}) of role (?<name>${name})$`),
  ],
  'create-role': [
    'create role <name> like <role> [with <resource:action>, ...]',
    new RegExp(`^create role (?<name>${name}) like (?<role>${role})(?: with (?<permissions>${permission}(?:, ${permission})*))?$`),
  ],
  'create-project': ['create project <name>', new RegExp(`^create project (?<name>${name})$`)],
  'delete-project': ['delete project <name>', new RegExp(`^delete project (?<name>${name})$`)],
  invite: ['invite <name> as <role>', new RegExp(`^invite (?<name>${name}) as (?<role>${role})$`)],
  'revoke-invitation': ['revoke invitation of <name>', new RegExp(`^revoke invitation of (?<name>${name})$`)],
  remove: ['remove <name>', new RegExp(`^remove (?<name>${name})$`)],
  leave: ['<name> leaves', new RegExp(`^(?<name>${name}) leaves$`)],
  may: [
    'may <name> <resource:action> [in <project>]',
    new RegExp(`^may (?<name>${name}) (?<permission>${permission})(?: in (?<project>${name}))?$`),
  ],
};

const ending = new RegExp(`^(?<deed>.+?)(?: by (?<by>${name}))?(?: -> (?<outcome>[a-z][a-z-]{1,60})(?: (?<missing>${permission}))?)?$`);

/** A step as tests.yaml writes it; a sentence for a text that is none. */
export function stepOf(text: string): Step | string {
  const { deed: what = '', by, outcome, missing } = ending.exec(text)?.groups ?? {};
  const deed = deedOf(what);
  if (deed === undefined) {
    const all = kinds.map((kind) => forms[kind][0]).join('; ');
    return `is no step; a step is one of: ${all}; each may end with "by <name>" and "-> <problem>", and \`may\` ends with "-> allow" or "-> deny"`;
  }
  const isAnswer = outcome === 'allow' || outcome === 'deny';
  if (deed.do === 'may' && (!isAnswer || by !== undefined || missing !== undefined))
    return 'must end with "-> allow" or "-> deny", and nothing else';
  return { deed, ...(by !== undefined && { by }), ...(outcome !== undefined && { outcome }), ...(missing !== undefined && { missing }) };
}

function deedOf(text: string): Deed | undefined {
  for (const kind of kinds) {
    const groups = forms[kind][1].exec(text)?.groups;
    if (groups === undefined) continue;
    const { name: who = '', role: which, project, permission: what, permissions } = groups;
    return {
      do: kind,
      name: who,
      ...(which !== undefined && { role: which }),
      ...(project !== undefined && { project }),
      ...(what !== undefined && { permission: what }),
      ...(permissions !== undefined && { permissions: permissions.split(', ') }),
    };
  }
  return undefined;
}

const step = z
  .string()
  .max(300)
  .superRefine((text, context) => {
    const read = stepOf(text);
    if (typeof read === 'string') context.addIssue({ code: 'custom', message: read });
  });

/** What happens in a fresh organization of the kind, step by step: `tenet policy test --scenarios` does it on a server of its own. */
export const scenariosSchema = z
  .array(
    z.strictObject({
      name: z.string().min(1).max(300),
      because: z.string().min(1).max(300).optional(),
      steps: z.array(step).min(1).max(limits.steps),
    }),
  )
  .max(limits.scenarios);

/** A scenario as it is written. */
export type Scenario = z.infer<typeof scenariosSchema>[number];
