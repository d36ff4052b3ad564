import type { components } from '../../api/contract/openapi.d.ts';
import type { Caller, TestTenet } from './tenet.ts';

export type ApiKey = components['schemas']['CreatedApiKey'];

/** Where a key is made; the organization itself unless a project is named. */
export interface KeyPlace {
  readonly organizationId: string;
  readonly projectId?: string;
}

/** The path of what belongs to a place. */
export function pathIn({ organizationId, projectId }: KeyPlace, rest: string): string {
  return `/v1/organizations/${organizationId}${projectId === undefined ? '' : `/projects/${projectId}`}${rest}`;
}

/** Sends JSON, and reads JSON where there is any. */
export async function send(caller: Caller, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await caller.raw(path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: (text === '' ? undefined : JSON.parse(text)) as never };
}

/** Makes a key as this caller and returns it with its secret. Throws what the answer says. */
export async function makeKey(caller: Caller, place: KeyPlace, body: Record<string, unknown> = {}): Promise<ApiKey & { secret: string }> {
  const reply = await send(caller, 'POST', pathIn(place, '/api-keys'), { name: 'Program', ...body });
  if (reply.status !== 201) throw new Error(`${reply.status} ${reply.text}`);
  return reply.body;
}

/** Makes a service account, with a role in its place if one is named. */
export async function makeAccount(caller: Caller, place: KeyPlace, role?: string): Promise<string> {
  const { body, status, text } = await send(caller, 'POST', pathIn(place, '/service-accounts'), { name: 'Deployment' });
  if (status !== 201) throw new Error(text);
  const { id } = body as { id: string };
  if (role !== undefined) await giveRole(caller, place, id, role);
  return id;
}

/** Gives a service account a role. Throws what the answer says. */
export async function giveRole(caller: Caller, place: KeyPlace, id: string, role: string): Promise<void> {
  const { status, text } = await send(caller, 'POST', pathIn(place, '/grants'), { subject: { type: 'SERVICE_ACCOUNT', id }, role });
  if (status !== 201) throw new Error(text);
}

/** Who calls with this key. */
export function withKey(tenet: TestTenet, { secret }: { secret?: string }): Caller {
  return tenet.bearing(secret!);
}
