import { expect } from 'chai';
import { eventually } from '../../helpers/eventually.ts';
import { mails } from '../../helpers/mails.ts';
import { directoryTests, organization } from './directory.ts';

describe('a manifest whose mails are more than a day has', function () {
  this.timeout(30_000);
  const { start, write, condition, isReady, rows } = directoryTests();

  it('says so, waits without being stalled, and is ready once they may be sent', async () => {
    write('org.yaml', organization('mailing'));
    await start({ mails: { ...mails, perOrganization: 1 }, resyncMs: 500 });
    const { status } = await isReady('Organization.mailing');
    await rows("insert into budgets values ('mails-of-organization', $1, date_trunc('day', now(), 'UTC'), 1)", status.id);
    write('org.yaml', organization('mailing', { members: [{ email: 'b@example.com', roles: ['org.member'] }] }));
    await eventually(() => expect(condition('Organization.mailing', 'Ready')).to.include({ status: 'False', reason: 'MailsPostponed' }));
    expect(condition('Organization.mailing', 'Ready')!.message).to.match(/^b@example\.com: .*today.*invited by themselves/);
    expect(condition('Organization.mailing', 'Stalled')).to.equal(undefined);
    await rows("update budgets set since = since - interval '1 day'");
    await isReady('Organization.mailing');
  });
});
