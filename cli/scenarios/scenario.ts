import { setTimeout as pause } from 'node:timers/promises';
import type { Blueprint } from '../../core/authorization/policy/blueprint.ts';
import { type Deed, type Scenario, type Step, stepOf } from '../../core/authorization/policy/scenarios.ts';

/** The server on which scenarios happen. */
export interface Stage {
  readonly url: string;
  /** A token of the person with this address. */
  tokenOf(email: string): Promise<string>;
}

/** Where a scenario fails: the number of the step, from 0, and a sentence. */
export interface Failure {
  readonly step: number;
  readonly message: string;
}

interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Who founds the organization, and does what no other person is said to do. */
const creator = 'creator';
let played = 0;

/** Makes an organization of this kind and does every step; undefined when all of them come out as they say. */
export async function play(stage: Stage, blueprint: Blueprint, { name, steps }: Scenario): Promise<Failure | undefined> {
  const cast = createCast(stage, `s${++played}`);
  const founded = await cast.call(creator, 'POST', '/v1/organizations', { name, blueprint: blueprint.name, ...profileOf(blueprint) });
  if (founded.status !== 201) return { step: 0, message: `No organization can be made: ${said(founded)}.` };
  const scene = createScene(cast, `/v1/organizations/${founded.body['id']}`, blueprint);
  for (const [index, text] of steps.entries()) {
    const step = stepOf(text);
    const message = typeof step === 'string' ? step : await fault(step, scene);
    if (message !== undefined) return { step: index, message: `${text}: ${message}` };
  }
  return undefined;
}

/** What kinds of organization may demand when one is made. */
function profileOf({ profile }: Blueprint): Record<string, string> {
  const email = 'scenario@example.com';
  const values: Record<string, string> = {
    legalName: 'Scenario Ltd',
    description: 'A scenario.',
    alertingEmail: email,
    invoicingEmail: email,
  };
  return Object.fromEntries(Object.entries(values).filter(([field]) => profile?.[field as keyof typeof profile]?.required));
}

/** The people of a scenario, who are no others than those of another one. */
interface Cast {
  emailOf(name: string): string;
  idOf(name: string): Promise<string>;
  call(by: string, method: string, path: string, body?: unknown): Promise<Reply>;
}

function createCast({ url, tokenOf }: Stage, mark: string): Cast {
  const tokens = new Map<string, Promise<string>>();
  const emailOf = (name: string) => `${name}.${mark}@scenario.example`;

  async function call(by: string, method: string, path: string, body?: unknown): Promise<Reply> {
    const token = tokens.get(by) ?? tokenOf(emailOf(by));
    tokens.set(by, token);
    const headers = { authorization: `Bearer ${await token}`, ...(body !== undefined && { 'content-type': 'application/json' }) };
    const response = await fetch(url + path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
    // What limits how often something is done is none of the policy's answers.
    if (response.status === 429 || response.status === 503) {
      await response.body?.cancel();
      await pause(1000 * Math.min(Number(response.headers.get('retry-after') ?? 1), 30));
      return call(by, method, path, body);
    }
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
  }

  return { emailOf, call, idOf: async (name) => String((await call(name, 'GET', '/v1/me')).body['id']) };
}

/** What stands where: the organization, and what the scenario has made in it. */
interface Scene {
  readonly cast: Cast;
  readonly path: string;
  readonly blueprint: Blueprint;
  readonly projects: Map<string, string>;
  readonly roles: Map<string, string>;
}

function createScene(cast: Cast, path: string, blueprint: Blueprint): Scene {
  return { cast, path, blueprint, projects: new Map(), roles: new Map() };
}

/** What is wrong with how a step came out. */
async function fault({ deed, by, outcome, missing }: Step, scene: Scene): Promise<string | undefined> {
  if (deed.do === 'may') return decisionFault(deed, outcome!, scene);
  const reply = await deeds[deed.do](deed, by ?? (deed.do === 'leave' ? deed.name : creator), scene);
  if (typeof reply === 'string') return reply;
  const { code, requiredPermission } = reply.body;
  if (reply.status < 300) return outcome === undefined ? undefined : `Expected ${outcome}, but it was done.`;
  const isExpected = outcome === code && (missing === undefined || missing === requiredPermission);
  return isExpected
    ? undefined
    : `Expected ${outcome === undefined ? 'it to be done' : [outcome, missing].filter(Boolean).join(' ')}, but: ${said(reply)}.`;
}

function said({ status, body }: Reply): string {
  return [status, body['code'], body['requiredPermission'], body['detail']]
    .filter((part) => part !== undefined)
    .join(' ')
    .replace(/\.$/, '');
}

async function decisionFault(deed: Deed, expected: string, { cast, path, projects }: Scene): Promise<string | undefined> {
  const organizationId = path.split('/').at(-1)!;
  const projectId = projectOf(projects, deed.project);
  if (projectId instanceof Error) return projectId.message;
  const [, type, action] = /^(.+):([^:]+)$/.exec(deed.permission!)!;
  const reply = await cast.call(deed.name, 'POST', '/access/v1/evaluation', {
    subject: { type: 'user', id: await cast.idOf(deed.name) },
    action: { name: action },
    resource: { type, id: '*', properties: { organizationId, ...(projectId !== undefined && { projectId }) } },
  });
  if (reply.status !== 200) return `it cannot be asked: ${said(reply)}.`;
  const given = reply.body['decision'] === true ? 'allow' : 'deny';
  return given === expected ? undefined : `Expected ${expected}, but it is ${given}.`;
}

function projectOf(projects: ReadonlyMap<string, string>, name: string | undefined): string | undefined | Error {
  if (name === undefined) return undefined;
  return projects.get(name) ?? new Error(`no step has made the project ${name}`);
}

/** The path of an organization, or of a project of it; a sentence where no step has made that. */
function placeOf({ path, projects }: Scene, project: string | undefined): string | Error {
  const id = projectOf(projects, project);
  if (id instanceof Error) return id;
  return id === undefined ? path : `${path}/projects/${id}`;
}

type Play = (deed: Deed, by: string, scene: Scene) => Promise<Reply | string>;

const roleOf = ({ roles }: Scene, role: string): string => roles.get(role) ?? role;

const invite: Play = ({ name, role }, by, scene) =>
  scene.cast.call(by, 'POST', `${scene.path}/invitations`, {
    invitees: [{ email: scene.cast.emailOf(name) }],
    ...(role !== undefined && { roles: [roleOf(scene, role)] }),
  });

async function subjectOf(deed: Deed, scene: Scene): Promise<{ type: string; id: string } | Error> {
  if (!deed.do.endsWith('-role')) return { type: 'USER', id: await scene.cast.idOf(deed.name) };
  const id = scene.roles.get(deed.name);
  return id === undefined ? new Error(`no step has made the role ${deed.name}`) : { type: 'ROLE', id };
}

const grant: Play = async (deed, by, scene) => {
  const [place, subject] = [placeOf(scene, deed.project), await subjectOf(deed, scene)];
  if (place instanceof Error) return place.message;
  if (subject instanceof Error) return subject.message;
  return scene.cast.call(by, 'POST', `${place}/grants`, { subject, role: roleOf(scene, deed.role!) });
};

const revoke: Play = async (deed, by, scene) => {
  const [place, subject] = [placeOf(scene, deed.project), await subjectOf(deed, scene)];
  if (place instanceof Error) return place.message;
  if (subject instanceof Error) return subject.message;
  const role = roleOf(scene, deed.role!);
  const found = await scene.cast.call(creator, 'GET', `${place}/grants?${new URLSearchParams({ subjectId: subject.id, role })}`);
  const [first] = (found.body['items'] ?? []) as { id: string }[];
  return first ? scene.cast.call(by, 'POST', `${place}/grants/${first.id}/revoke`) : `${deed.name} has not been given ${deed.role}`;
};

/** How each deed is done. */
const deeds: Readonly<Record<Exclude<Deed['do'], 'may'>, Play>> = {
  invite,
  grant,
  revoke,
  'grant-to-role': grant,
  'revoke-of-role': revoke,

  async member(deed, by, scene) {
    const { cast } = scene;
    const invited = await invite(deed, by, scene);
    if (typeof invited === 'string' || invited.status >= 300) return invited;
    const { body } = await cast.call(deed.name, 'GET', '/v1/me/invitations');
    const [offer] = (body['items'] ?? []) as { id: string }[];
    return offer ? cast.call(deed.name, 'POST', `/v1/me/invitations/${offer.id}/accept`) : `${deed.name} does not see the invitation`;
  },

  async 'create-role'({ name, role: tier, permissions = [] }, by, scene) {
    const reply = await scene.cast.call(by, 'POST', `${scene.path}/roles`, { title: name, tier, permissions });
    if (reply.status < 300) scene.roles.set(name, String(reply.body['id']));
    return reply;
  },

  async 'create-project'({ name }, by, scene) {
    const reply = await scene.cast.call(by, 'POST', `${scene.path}/projects`, { name });
    if (reply.status < 300) scene.projects.set(name, String(reply.body['id']));
    return reply;
  },

  async 'delete-project'({ name }, by, scene) {
    const place = placeOf(scene, name);
    return place instanceof Error ? place.message : scene.cast.call(by, 'DELETE', place);
  },

  async 'revoke-invitation'({ name }, by, scene) {
    const { body } = await scene.cast.call(creator, 'GET', `${scene.path}/invitations`);
    const email = scene.cast.emailOf(name);
    const offer = ((body['items'] ?? []) as { id: string; email: string }[]).find((one) => one.email === email);
    return offer ? scene.cast.call(by, 'POST', `${scene.path}/invitations/${offer.id}/revoke`) : `${name} has not been invited`;
  },

  async remove({ name }, by, scene) {
    const id = await scene.cast.idOf(name);
    const confirmation = await confirmationOf('member:remove', name, scene);
    return scene.cast.call(by, 'POST', `${scene.path}/members/${id}/remove`, confirmation);
  },

  async leave({ name }, by, scene) {
    return scene.cast.call(by, 'POST', `${scene.path}/leave`, await confirmationOf('member:leave', name, scene));
  },
};

/** What the kind of organization wants to be typed before something is done. */
async function confirmationOf(permission: string, member: string, { cast, path, blueprint }: Scene): Promise<object> {
  const source = (blueprint.confirmations as Readonly<Record<string, string>> | undefined)?.[permission];
  if (source === undefined) return {};
  if (source === 'member.email') return { confirmation: cast.emailOf(member) };
  return { confirmation: (await cast.call(creator, 'GET', path)).body['name'] };
}
