import { z } from 'zod';
import { alertsSchema, reportAlerts } from './alerts.ts';
import { catalogSchema, instancesSchema, reportApplications } from './applications.ts';
import { description, roleId, title, word } from './blueprint-words.ts';
import { customRolesSchema, reportCustomRoles } from './custom-roles.ts';
import { flagsSchema } from './flags.ts';
import { checkKeyTypes, keyTypeSchema } from './key-types.ts';
import { limits } from './limits.ts';
import { metersSchema, reportMeters } from './meters.ts';
import { reportResourceTypes, resourceGroupSchema, resourceTypeSchema } from './resource-types.ts';
import { separationSchema } from './separation.ts';
import { reportSettings, settingsSchema } from './settings.ts';

/** What stands before the slash in the subjects of rows that belong to no blueprint, and `role` in objects. */
const reserved: readonly string[] = ['platform', 'member', 'state', 'scope', 'role'];

/** One role of a blueprint; `id` is relative to the blueprint, and `<blueprint>/<id>` is its name in policy rows. */
const roleSchema = z.strictObject({
  id: roleId,
  title,
  description,
  level: z.enum(['org', 'project']),
  /** Who holds it at all, where that is not decided by giving: `support`, for as long as an approved support access lasts. */
  holders: z.tuple([z.literal('support')]).optional(),
  /** A number to show and to sort by. It decides nothing: rows do. */
  rank: z.number().int().min(0).max(100).optional(),
  /** Roles in the organization of which a holder of this role in a project needs one, for as long as they hold it. */
  requires: z.array(roleId).min(1).max(limits.roles).optional(),
});

const externals = z.enum(['forbid', 'auto-add', 'allow']);

/** What becomes of a role in a project for a person who is no member: where an organization begins, and what it may choose. */
const externalsSchema = z
  .strictObject({ default: externals, choices: z.array(externals).min(1).max(3) })
  .refine(({ default: first, choices }) => choices.includes(first), { path: ['default'], message: 'must be one of the choices' });

const mfa = z.enum(['optional', 'required']);

/** Whether organizations of this kind may require a second factor; where it is absent, none does. */
const mfaSchema = z
  .strictObject({
    choices: z.array(mfa).min(1).max(2),
    default: mfa,
    /** For so long a member is let in without one, from when the requirement or their membership begins. */
    graceDays: z.number().int().min(0).max(365),
  })
  .refine(({ default: first, choices }) => choices.includes(first), { path: ['default'], message: 'must be one of the choices' });

/** What projects are in this kind of organization. */
const projectsSchema = z.strictObject({
  /** `only-without-grants`: a project is deleted when nothing has a role in it any more. */
  deletion: z.enum(['free', 'only-without-grants']),
  /** `false`: a deletion is for good. Else who may restore a project can do so until it is purged. */
  restorable: z.boolean().optional(),
  /** What may hold a role in a project: members, and roles of which every holder has it then. */
  grantees: z
    .array(z.enum(['user', 'role']))
    .min(1)
    .max(2),
  /** A project is made by installing an application, and by nothing else that callers ask for. */
  createdBy: z.literal('instance:create').optional(),
});

/** A field of the profile: whether creation demands it, and whether it may change once it is set. */
const profileField = z.strictObject({ title: title.optional(), required: z.boolean().default(false), mutable: z.boolean().default(true) });

/** With `formats`, the picture is fetched and must be one of them, each of its sides as long as the bounds say. */
const logoField = profileField
  .extend({
    formats: z
      .array(z.enum(['png', 'jpg', 'svg']))
      .min(1)
      .max(3)
      .optional(),
    minPixels: z.number().int().min(1).max(10_000).optional(),
    maxPixels: z.number().int().min(1).max(10_000).optional(),
  })
  .refine(({ formats, minPixels, maxPixels }) => formats !== undefined || (minPixels ?? maxPixels) === undefined, {
    path: ['formats'],
    message: 'must be there when the pixels are bounded: a picture that is not fetched is not measured',
  })
  .refine(({ minPixels = 1, maxPixels = minPixels }) => minPixels <= maxPixels, {
    path: ['maxPixels'],
    message: 'must not be less than minPixels',
  });

type Named = { topRole: string; lowestRole: string; creatorRole: string; invitations: { roleWhenOmitted?: string | undefined } };

/** The roles in the organization that a blueprint names outside of the list of them, each with its place. */
function namedRoles({ topRole, lowestRole, creatorRole, invitations: { roleWhenOmitted } }: Named): [path: string[], id: string][] {
  return [
    [['topRole'], topRole],
    [['lowestRole'], lowestRole],
    [['creatorRole'], creatorRole],
    ...(roleWhenOmitted === undefined ? [] : [[['invitations', 'roleWhenOmitted'], roleWhenOmitted] as [string[], string]]),
  ];
}

function offersTooMany({
  multipleRoles,
  invitations,
}: {
  multipleRoles: { org: boolean };
  invitations: { roles?: 'one' | 'many' | undefined };
}) {
  return invitations.roles === 'many' && !multipleRoles.org;
}

/** blueprint.yaml: the shape of one kind of organization. */
export const blueprintSchema = z
  .strictObject({
    name: word.refine((name) => !reserved.includes(name), `must not be one of ${reserved.join(', ')}`),
    title,
    description,
    /** The kind of an organization for which none is named, unless the installation says another. One blueprint at most. */
    default: z.literal(true).optional(),
    /** No new organizations of this kind are founded; those that live go on. Personal ones, which accounts get by configuration, are still made. */
    retired: z.literal(true).optional(),
    roles: z.array(roleSchema).min(1).max(limits.roles),
    /** The role that an organization is never without. */
    topRole: roleId,
    /** The role of somebody who joins without another one being named. */
    lowestRole: roleId,
    creatorRole: roleId,
    /** `exactly-one`: the organization has an owner, which is a fact about it and no role that anybody can give or take. */
    owner: z.enum(['exactly-one', 'none']),
    /** What an organization of this kind says about itself; revisions of before have none. The name is always there; a field that is not listed is not. */
    profile: z
      .strictObject({
        name: profileField.extend({ required: z.literal(true).default(true) }).optional(),
        legalName: profileField.optional(),
        description: profileField.optional(),
        logoUrl: logoField.optional(),
        alertingEmail: profileField.optional(),
        invoicingEmail: profileField.optional(),
      })
      .optional(),
    /** What the plan of an account has to include before it may create an organization of this kind. */
    entitlement: word.optional(),
    /**
     * Who changes the plan of an organization: members whose roles allow it (`organization`), or these only where the installation says so (`platform`,
     * TENET_PLAN_SELF_SERVICE). Operators always may; where it is absent, only they do.
     */
    plans: z.strictObject({ selfService: z.enum(['organization', 'platform']) }).optional(),
    /** Whether a member may hold several roles at once: in the organization itself, and in one project. */
    multipleRoles: z.strictObject({ org: z.boolean(), project: z.boolean() }),
    /** Roles that organizations define for themselves; where it is absent, they have none. */
    customRoles: customRolesSchema.optional(),
    /** Whether organizations keep sets of roles under a name, which their invitations offer; where it is absent, they keep none. */
    roleTemplates: z.strictObject({ atMost: z.number().int().min(1).max(limits.roleTemplates) }).optional(),
    externals: externalsSchema,
    mfa: mfaSchema.optional(),
    /** `none`: an organization of this kind has no projects. */
    projects: z.literal('none').or(projectsSchema),
    /** What has to be typed before an operation is done. It travels as `confirmation` in the body and is compared before anything else. */
    confirmations: z
      .strictObject({
        'member:remove': z.literal('member.email'),
        'member:leave': z.literal('organization.name'),
        'organization:delete': z.literal('organization.name'),
      })
      .partial()
      .optional(),
    /**
     * Roles that others give without holding what is in them: who administers access need not have the content. Each pair is an exception
     * from the lint rule `escalation`; `toSelf` says what happens when such a giver is the one who gets it.
     */
    accessAdministration: z
      .array(
        z.strictObject({
          giver: roleId,
          gives: z.array(roleId).min(1).max(limits.roles),
          because: description,
          toSelf: z.enum(['allowed', 'audited', 'refused']),
        }),
      )
      .max(limits.roles)
      .optional(),
    invitations: z.strictObject({
      expireAfterDays: z.number().int().min(1).max(365),
      /** The role of an invitation that names none; where it is absent, every invitation names one. */
      roleWhenOmitted: roleId.optional(),
      /** Whether an invitation may offer several roles in the organization; one unless it says so. */
      roles: z.enum(['one', 'many']).optional(),
      /** What an invitation may say of the person besides the address. */
      fields: z
        .array(z.enum(['name']))
        .max(1)
        .optional(),
    }),
    /** How an operator gets a role that only support holds, and for how long at most; revisions of before have none. */
    supportAccess: z.strictObject({ approval: z.enum(['required', 'none']), maxHours: z.number().int().min(1).max(72) }).optional(),
    keyTypes: z.array(keyTypeSchema).max(limits.keyTypes),
    /** Names that an API key may carry, each the subject `scope/<name>` of rows. */
    scopes: z
      .array(z.strictObject({ name: word, title }))
      .max(limits.scopes)
      .default([]),
    resourceTypes: z.array(resourceTypeSchema).max(limits.resourceTypes),
    /** The hierarchy that a user interface shows, in its order; revisions of before have none. */
    resourceGroups: z.array(resourceGroupSchema).max(limits.resourceTypes).optional(),
    /** What organizations of this kind, their projects and their members choose for themselves; revisions of before have none. */
    settings: settingsSchema,
    /** What is installed, and how it runs; revisions of before have none. */
    catalog: catalogSchema.optional(),
    instances: instancesSchema.optional(),
    /** What organizations of this kind use and is counted: usage is reported, queried and limited by these. */
    meters: metersSchema,
    /** What every organization of this kind is told about its usage. */
    alerts: alertsSchema,
    /** What access plans say of permissions in this kind of organization, besides what permissions.yaml has. */
    flags: flagsSchema.optional(),
    /** Permissions that no subject in this kind of organization is to have both of, besides those of permissions.yaml. */
    separation: separationSchema.optional(),
  })
  .refine((blueprint) => !(blueprint.default && blueprint.retired), {
    path: ['retired'],
    message: 'must be left out of the default blueprint',
  })
  .superRefine((blueprint, context) => {
    const ids = blueprint.roles.map((role) => role.id);
    const issue = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    for (const [path, id] of namedRoles(blueprint)) {
      const role = blueprint.roles.find((candidate) => candidate.id === id);
      if (role?.level !== 'org' || role.holders) issue([...path], `must be a role with level org that can be given, not ${id}`);
    }
    if (offersTooMany(blueprint)) issue(['invitations', 'roles'], 'must be one where multipleRoles.org is false');
    for (const [index, { id, level }] of blueprint.roles.entries()) {
      if (!id.startsWith(`${level}.`)) issue(['roles', index, 'id'], `must begin with its level: ${level}.`);
    }
    if (blueprint.projects === 'none') reportProjectLevels(blueprint, context);
    checkKeyTypes(blueprint, context);
    reportAdministration(blueprint, context);
    reportRequirements(blueprint, context);
    reportSupport(blueprint, context);
    reportCustomRoles(blueprint, context);
    reportSettings(blueprint, context);
    reportResourceTypes(blueprint, context);
    reportApplications(blueprint, context);
    reportMeters(blueprint, context);
    reportAlerts(blueprint, context);
    const seen = new Set<string>();
    for (const [index, id] of ids.entries()) {
      if (seen.size === seen.add(id).size) issue(['roles', index], `${id} is listed twice`);
    }
  });

/** Where there are no projects, nothing is about one. */
function reportProjectLevels({ roles, resourceTypes }: Pick<Blueprint, 'roles' | 'resourceTypes'>, context: z.RefinementCtx): void {
  const report = (...path: (string | number)[]) =>
    context.addIssue({ code: 'custom', path, message: 'must be org: this kind of organization has no projects' });
  for (const [index, { level }] of roles.entries()) if (level === 'project') report('roles', index, 'level');
  for (const [index, { actions }] of resourceTypes.entries()) {
    for (const [action, levels] of Object.entries(actions))
      if (levels.includes('project')) report('resourceTypes', index, 'actions', action);
  }
}

/** Terms of support access need a role that support holds. */
function reportSupport({ roles, supportAccess }: Pick<Blueprint, 'roles' | 'supportAccess'>, context: z.RefinementCtx): void {
  if (!supportAccess || roles.some(({ holders, level }) => holders && level === 'org')) return;
  const message = 'must be left out where no role in the organization has holders: [support]';
  context.addIssue({ code: 'custom', path: ['supportAccess'], message });
}

/** What a role in a project requires are roles in the organization. */
function reportRequirements({ roles }: Pick<Blueprint, 'roles'>, context: z.RefinementCtx): void {
  const report = (message: string, ...path: (string | number)[]) => context.addIssue({ code: 'custom', path: ['roles', ...path], message });
  const known = new Set(roles.filter(({ level, holders }) => level === 'org' && !holders).map(({ id }) => id));
  for (const [index, { level, requires = [] }] of roles.entries()) {
    if (level === 'org' && requires.length > 0) report('must be left out of a role in the organization', index, 'requires');
    for (const [place, role] of requires.entries()) {
      if (!known.has(role)) report(`must be a role in the organization that can be given, not ${role}`, index, 'requires', place);
    }
  }
}

/** Access is administered by roles of the blueprint, each pair once. */
function reportAdministration(
  { roles, accessAdministration = [] }: Pick<Blueprint, 'roles' | 'accessAdministration'>,
  context: z.RefinementCtx,
): void {
  const report = (message: string, ...path: (string | number)[]) =>
    context.addIssue({ code: 'custom', path: ['accessAdministration', ...path], message });
  const ids = new Set(roles.map(({ id }) => id));
  const seen = new Set<string>();
  for (const [index, { giver, gives }] of accessAdministration.entries()) {
    if (!ids.has(giver)) report(`must be a role of this blueprint, not ${giver}`, index, 'giver');
    for (const [place, role] of gives.entries()) {
      if (!ids.has(role)) report(`must be a role of this blueprint, not ${role}`, index, 'gives', place);
      else if (seen.size === seen.add(`${giver} ${role}`).size) report(`${giver} gives ${role} twice`, index, 'gives', place);
    }
  }
}

/** The shape of a kind of organization, as data. */
export type Blueprint = z.infer<typeof blueprintSchema>;

/** What the kind of organization says about a giver of a role who does not hold what is in it; undefined where it says nothing. */
export function administrationOf(blueprint: Blueprint, giver: string, role: string) {
  return blueprint.accessAdministration?.find((entry) => entry.giver === giver && entry.gives.includes(role));
}

/** The name of a blueprint's role in policy rows: `integrations/org.admin`. */
export function roleName(blueprint: Blueprint, id: string): string {
  return `${blueprint.name}/${id}`;
}

/** The names in policy rows of the roles that are held in projects alone. */
export function projectRoles(blueprint: Blueprint | undefined): ReadonlySet<string> {
  return new Set(blueprint?.roles.filter(({ level }) => level === 'project').map(({ id }) => roleName(blueprint, id)));
}

/** The file of a blueprint in a policy directory. */
export function blueprintFile({ name }: Pick<Blueprint, 'name'>): string {
  return `blueprints/${name}/blueprint.yaml`;
}
