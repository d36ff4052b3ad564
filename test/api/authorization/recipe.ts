import { newUuid } from '../../../core/base/ids.ts';
import type { Needed } from './expectations.ts';
import type { Persona } from './personas.ts';
import type { Site } from './things.ts';
import type { World } from './world.ts';

/** Who asks, and where. */
export interface Asker {
  readonly world: World;
  readonly persona: Persona;
  readonly site: Site;
  readonly projectId: string;
  /** Another organization like the site, with this person alone: for requests that leave nothing behind. */
  anotherSite(): Promise<Site>;
  /** Another project like the one of the cell. */
  anotherProject(): Promise<string>;
}

/** What is sent, beside the organization and the project of the cell. */
export interface Ask {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * How to ask for an operation so that it succeeds when it is authorized. What a request changes is made for it, so that no cell
 * disturbs another.
 */
export interface Recipe {
  readonly operationId: string;
  /** Which request it is, where an operation has several. */
  readonly title?: string;
  /** Left out where a blueprint has no kind of key for this level. */
  readonly needsKeys?: 'org' | 'project';
  /** Left out where a blueprint has no role for support. */
  readonly needsSupport?: true;
  /** Left out where a blueprint has no owner. */
  readonly needsOwner?: true;
  /** Left out where organizations define no roles. */
  readonly needsCustomRoles?: true;
  readonly needsRoleTemplates?: true;
  /** The type that takes the place of the parameter in the permission; left out where a blueprint has none for it. */
  resourceType?(world: World): string | undefined;
  /** Left out where nothing can be switched off. */
  readonly needsRestrictable?: true;
  /** Left out where nothing is counted. */
  readonly needsMeters?: true;
  /** Left out for people who may ask, and of whom the operation wants something that is no permission. */
  excludes?(persona: Persona, world: World): boolean;
  /** The permissions that the operation itself asks for in the same place, in its order; of a list, one is enough. */
  further?(world: World): Needed[];
  /** Of an operation in a project, those that it asks for in the organization then. */
  readonly furtherAbove?: readonly string[];
  ask(cell: Asker): Promise<Ask>;
  /** Takes back what would disturb other cells of the person who asked. */
  undo?(persona: Persona, world: World): Promise<void>;
}

/** For operations that need no more than their place. */
export const nothing = async (): Promise<Ask> => ({});
/** What giving and taking a role asks for, in the organization and in a project. */
export const assign = ({ orgRole }: World) => [`role:${orgRole}:assign`];
export const unassign = ({ orgRole }: World) => [`role:${orgRole}:unassign`];
export const assignInProject = ({ projectRole }: World) => [`role:${projectRole}:assign`];
export const unassignInProject = ({ projectRole }: World) => [`role:${projectRole}:unassign`];

const offerOf = (role: string) => [[`role:${role}:assign`, `role:${role}:invite`]];
const takeBackOf = (role: string) => [[`role:${role}:assign`, `role:${role}:invite`, `role:${role}:unassign`]];
/** An invitation is made by who may assign its role or else invite with it; who may take the role may take the offer back. */
export const offer = ({ orgRole }: World) => offerOf(orgRole);
export const takeBack = ({ orgRole }: World) => takeBackOf(orgRole);
export const offerInProject = ({ projectRole }: World) => offerOf(projectRole);
export const takeBackInProject = ({ projectRole }: World) => takeBackOf(projectRole);

/** The account of a new member. */
export const ofAccount = async ({ world, site }: Asker): Promise<Ask> => ({ params: { userId: (await world.makeMember(site)).userId } });

/** As if decisions were kept now: where none are, there is nothing to take again. */
export async function keepDecisions({ tenet }: World): Promise<void> {
  await tenet.database.write('platform', (db) =>
    db('decision_log_writers').insert({ id: newUuid(), buffer: 1, complete_until: db.raw("now() + interval '1 minute'") }),
  );
}
