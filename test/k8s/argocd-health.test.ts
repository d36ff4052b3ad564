import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { LuaFactory } from 'wasmoon';
import { createJudge } from '../../controllers/directory/validate.ts';
import { type ConditionInput, ready, resolveConditions, retrying, stalled } from '../../controllers/resources/conditions.ts';
import type { KubeObject } from '../../controllers/resources/resource.ts';
import { organizationType, projectType } from '../../controllers/resources/types.ts';
import { pass } from '../../controllers/runtime/pass.ts';
import type { Reconciler } from '../../controllers/runtime/reconciler.ts';
import type { Source } from '../../controllers/runtime/source.ts';

const script = readFileSync(new URL('../../docs/argocd-health.lua', import.meta.url), 'utf8');

/** What Argo CD shows for an object: it sets `obj`, plain tables all the way down, and reads `status` and `message` of what comes back. */
async function health(object: KubeObject): Promise<{ status: string; message: string }> {
  const lua = await new LuaFactory().createEngine({ enableProxy: false });
  try {
    lua.global.set('obj', JSON.parse(JSON.stringify(object)));
    return await lua.doString(script);
  } finally {
    lua.global.close();
  }
}

interface Status {
  readonly observedGeneration?: number;
  readonly conditions?: readonly object[];
}

const organization = (status: unknown, metadata: object = {}): KubeObject => ({
  apiVersion: 'tenet.dev/v1alpha1',
  kind: 'Organization',
  metadata: { name: 'acme', uid: 'a-uid', resourceVersion: '1', generation: 2, ...metadata },
  spec: { displayName: 'Acme' },
  ...(status === undefined ? {} : { status }),
});
/** A status as the controller writes it for a generation. */
const told = (conditions: readonly ConditionInput[], observedGeneration = 2): Status => ({
  observedGeneration,
  conditions: resolveConditions(conditions, [], observedGeneration, new Date()),
});
const paused = { annotations: { 'tenet.dev/paused': 'true' } };
const deleted = { deletionTimestamp: '2027-01-01T00:00:00Z', finalizers: ['tenet.dev/finalizer'] };
const waiting = { status: 'Progressing', message: 'Waiting for the Tenet controller' };

describe('the health check for Argo CD', () => {
  it('an object that is as declared is Healthy, with its sentence', async () => {
    const accepted: ConditionInput = { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'The manifest is valid.' };
    expect(await health(organization(told([accepted, ...ready('The organization acme is as declared.')])))).to.deep.equal({
      status: 'Healthy',
      message: 'The organization acme is as declared.',
    });
  });

  it('one that is tried again is Progressing, and says what it waits for', async () => {
    const message = 'There is no Organization acme.';
    expect(await health(organization(told(retrying('OrganizationNotFound', message))))).to.deep.equal({ status: 'Progressing', message });
  });

  it('one that only people can help is Degraded, with reason and message', async () => {
    expect(await health(organization(told(stalled('AlreadyExists', 'The slug is taken.'))))).to.deep.equal({
      status: 'Degraded',
      message: 'AlreadyExists: The slug is taken.',
    });
  });

  it('one whose plan waits for an approval is Suspended, and says how to approve it', async () => {
    const message = 'The plan has 3 losses of permissions. To approve it, set spec.approvedPlan to 0a1b.';
    expect(await health(organization(told(stalled('ApprovalRequired', message))))).to.deep.equal({ status: 'Suspended', message });
  });

  it('one that no controller has seen is Progressing: without a status, and with the status that the CRD gives it', async () => {
    for (const type of [organizationType, projectType]) {
      const given = createJudge().pending(type) as Status;
      expect(given.conditions).to.have.length(1);
      expect((await health(organization(given))).status).to.equal('Progressing');
    }
    expect(await health(organization(undefined))).to.deep.equal(waiting);
    expect(await health(organization({}))).to.deep.equal(waiting);
  });

  it('what is told of an older generation counts for nothing, be it good or bad', async () => {
    expect(await health(organization(told(ready('As declared.'), 1)))).to.deep.equal(waiting);
    expect(await health(organization(told(stalled('InvalidSpec', 'No such role.'), 1)))).to.deep.equal(waiting);
  });

  it('a paused one is Suspended, also when it has changed since, and Progressing until the controller is back at it', async () => {
    const before = told(ready('As declared.'));
    const status = await statusAfterPause(organization(before, paused));
    expect((status as { conditions: { reason: string }[] }).conditions.map(({ reason }) => reason)).to.include('ReconcilePaused');
    const suspended = { status: 'Suspended', message: 'Paused by the annotation tenet.dev/paused' };
    expect(await health(organization(status, paused))).to.deep.equal(suspended);
    expect(await health(organization(status, { ...paused, generation: 3 }))).to.deep.equal(suspended);
    expect(await health(organization(await statusAfterPause(organization(undefined, paused)), paused))).to.deep.equal(suspended);
    expect(await health(organization(status))).to.deep.equal(waiting);
  });

  it('one that is being deleted is never Healthy, and Degraded when it cannot be', async () => {
    expect((await health(organization(told(ready('As declared.')), deleted))).status).to.equal('Progressing');
    const message = 'Projects name it: default/website.';
    expect(await health(organization(told(retrying('ProjectsExist', message)), deleted))).to.deep.equal({ status: 'Progressing', message });
    const denied = told(stalled('PermissionDenied', 'The policy says no.'));
    expect(await health(organization(denied, deleted))).to.deep.equal({
      status: 'Degraded',
      message: 'PermissionDenied: The policy says no.',
    });
  });
});

/** The status that a controller leaves on a paused object. */
async function statusAfterPause(object: KubeObject): Promise<unknown> {
  let written: unknown;
  const source = {
    get: () => object,
    writeStatus: async (_type: unknown, _object: unknown, status: object) => {
      written = status;
    },
    emitEvent: () => undefined,
  } as unknown as Source;
  const reconciler = { type: organizationType, reconcile: () => expect.fail('a paused object is left alone') } as unknown as Reconciler;
  const leadership = { fence: 1, check: () => undefined };
  await pass({ source, reconciler, leadership, failures: () => 0 }, 'acme', new AbortController().signal);
  return written;
}
