import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { smoke } from '../harness.ts';
import type { Caller } from '../tenet.ts';
import { dearManifests } from './dear-manifests.ts';
import { dearProposals } from './dear-proposals.ts';
import { dearRequests } from './dear-stores.ts';

/** What is attacked, and as whom. */
export interface Target {
  readonly url: string;
  readonly organizationId: string;
  readonly owner: Caller;
  readonly member: Caller;
  /** May propose policies. */
  readonly policyAdmin: Caller;
  /** The path of a policy store of the owner whose questions cost as much as a store allows. */
  readonly dearStore: string;
  /** The directory of manifests that the server follows. */
  readonly manifests: string;
}

/** Something that goes on until the signal. */
type Attack = (target: Target, until: AbortSignal) => Promise<void>;

/** While they go on, the other tenant asks a store of its own, and questions to Tenet itself. */
export const besideStore = 'a hostile policy store beside a good one';
export const besideQuestions = 'a hostile policy store beside questions to Tenet';

/** The owner of a costly store sends to it whatever costs most. */
const dearStore: Attack = (target, until) =>
  repeat(until, dearRequests.length, (lane, round) => {
    const [path, body] = dearRequests[lane]!(round);
    return send(target, target.owner, `${target.dearStore}/${path}`, body);
  });

export const attacks: Record<string, Attack> = {
  'pipelined answers that are not read': ({ url }, until) => {
    const requests = 'GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(1_500);
    return hold(url, until, 6, (socket) => void socket.pause().write(requests));
  },
  'pipelined answers that are read': ({ url, owner, organizationId }, until) => {
    const request = `GET /v1/organizations/${organizationId} HTTP/1.1\r\nHost: x\r\nAuthorization: ${owner.headers['authorization']}\r\n\r\n`;
    return hold(url, until, 6, (socket) => {
      socket.write(request.repeat(60));
      let read = 0;
      socket.on('data', (data: Buffer) => {
        read += data.toString('latin1').split('HTTP/1.1 ').length - 1;
        if (read >= 30) socket.write(request.repeat(read));
        if (read >= 30) read = 0;
      });
    });
  },
  'slow bodies without a token': ({ url }, until) => {
    const head = 'POST /v1/organizations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n';
    return hold(url, until, smoke ? 20 : 300, (socket) => {
      socket.write(head + ' '.repeat(900_000));
    });
  },
  'sockets that are held': ({ url }, until) =>
    hold(url, until, smoke ? 20 : 800, (socket) => void socket.write('GET /livez HTTP/1.1\r\nHo')),
  'one organization is flooded with invitations': (target, until) =>
    repeat(until, 40, (lane, round) => {
      const invitees = Array.from({ length: 100 }, (_, index) => ({ email: `p${lane}-${round}-${index}@example.com` }));
      return send(target, target.owner, invitationsOf(target), { invitees, roles: ['org.member'] });
    }),
  'mails to one address': (target, until) =>
    repeat(until, 10, (_lane, round) =>
      send(target, target.owner, invitationsOf(target), {
        invitees: [{ email: `target-${round % 3}@example.com` }],
        roles: ['org.member'],
      }),
    ),
  'attempts that are denied': (target, until) =>
    repeat(until, 20, () => send(target, target.member, `/v1/organizations/${target.organizationId}`, { name: 'Mine' }, 'PATCH')),
  'proposals that are dear to check': async (target, until) => {
    const proposals = await dearProposals();
    await repeat(until, 6, (lane, round) => {
      const proposal = proposals[(lane + round) % proposals.length]!;
      return send(target, target.policyAdmin, '/v1/policies/blueprint.integrations/revisions', proposal);
    });
  },
  [besideStore]: dearStore,
  [besideQuestions]: dearStore,
  'a hostile policy store beside reads': dearStore,
  'manifests that are dear to read': ({ manifests }, until) =>
    repeat(until, 1, async (_lane, round) => {
      await Promise.all(
        Object.entries(dearManifests(round)).map(([name, text]) => writeFile(join(manifests, `${name}.yaml`), text, { signal: until })),
      ).catch(() => undefined);
      await wait(1_000, undefined, { signal: until }).catch(() => undefined);
    }),
};

function invitationsOf({ organizationId }: Target): string {
  return `/v1/organizations/${organizationId}/invitations`;
}

/** Keeps so many connections open, a new one for each that is closed. */
async function hold(url: string, until: AbortSignal, count: number, begin: (socket: Socket) => void): Promise<void> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const open = (): void => {
    if (until.aborted) return;
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    sockets.add(socket);
    socket.on('connect', () => begin(socket)).on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      setTimeout(open, 100);
    });
  };
  for (let index = 0; index < count; index += 1) open();
  await new Promise((resolve) => until.addEventListener('abort', resolve, { once: true }));
  for (const socket of sockets) socket.destroy();
}

/** Sends in so many lanes, each as fast as it is answered; what is under way at the end is not waited for. */
async function repeat(until: AbortSignal, lanes: number, request: (lane: number, round: number) => Promise<unknown>): Promise<void> {
  const end = once(until, 'abort');
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (let round = 0; !until.aborted; round += 1) await Promise.race([request(lane, round), end]);
    }),
  );
}

/** Sends; what becomes of it is for the observer to see. */
async function send({ url }: Target, caller: Caller, path: string, body: unknown, method = 'POST'): Promise<void> {
  const headers = { ...caller.headers, 'content-type': 'application/json' };
  await fetch(url + path, { method, headers, body: typeof body === 'string' ? body : JSON.stringify(body) })
    .then((response) => response.arrayBuffer())
    .catch(() => undefined);
}
