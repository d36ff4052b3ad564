import { expect } from 'chai';
import type { Gateway } from '../../../apps/gateway/main.ts';
import type { Applications } from '../../../apps/main.ts';
import { toUuid } from '../../../core/base/ids.ts';
import { install, counter as program, publish } from '../../helpers/apps.ts';
import { eventually } from '../../helpers/eventually.ts';
import { startTestGateway } from '../../helpers/gateway.ts';
import { rounds } from '../../helpers/rounds.ts';
import type { Caller, TestTenet } from '../../helpers/tenet.ts';
import { startWorkspace, type Workspace } from '../../helpers/workspace.ts';

describe('an application that nobody uses', function () {
  this.timeout(240_000);
  let workspace: Workspace;
  let tenet: TestTenet;
  let gateway: Gateway;
  let applications: Applications;
  let admin: Caller;
  let organizationId: string;
  let itemId: string;

  before(async () => {
    workspace = await startWorkspace();
    ({ tenet, admin, organizationId } = workspace);
    itemId = await publish(workspace.publisher, { program });
    applications = workspace.run();
    gateway = await startTestGateway(tenet, {}, { heldMs: 200_000 });
  });

  after(async () => {
    await gateway?.stop();
    await applications?.stop();
    await workspace?.stop();
  });

  const open = async (id: string): Promise<string> => {
    const answer = await fetch(`${gateway.url}/${id}/`, { headers: { authorization: `Bearer ${admin.token}` } });
    const text = await answer.text();
    expect(answer.status, text).to.equal(200);
    return text;
  };
  const state = async (id: string): Promise<string> => {
    const path = { organizationId, instanceId: id };
    const { data } = await admin.client.GET('/v1/organizations/{organizationId}/instances/{instanceId}', { params: { path } });
    return data!.state;
  };
  /** As if the last access had been 13 hours ago. */
  const age = (id: string) =>
    tenet.database.write({ organization: toUuid('organization', organizationId) }, (db) =>
      db('instances')
        .where({ id: toUuid('instance', id) })
        .update({ last_active_at: db.raw("now() - interval '13 hours'") }),
    );

  it('S003-24 is stopped after 12 hours, and S003-25 starts with the next request to the gateway, which is held until then, without loss of data (soak)', async () => {
    const ids: string[] = [];
    // One after the other: installations at once wait for each other, and the last of many are asked to try again.
    for (const round of rounds(1, 50)) ids.push((await install(admin, organizationId, { itemId, name: `Counter ${round}` })).id);
    // Held from the installation on.
    expect(new Set(await Promise.all(ids.map(open)))).to.deep.equal(new Set(['1']));
    await Promise.all(ids.map(age));
    await eventually(async () => expect(new Set(await Promise.all(ids.map(state)))).to.deep.equal(new Set(['IDLE_STOPPED'])), 120_000);
    expect(new Set(await Promise.all(ids.map(open)))).to.deep.equal(new Set(['2']));
  });
});
