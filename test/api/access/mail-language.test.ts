import { expect } from 'chai';
import { type InvitationScene, invitationSteps, resendPath, startInviting } from '../../helpers/invitations.ts';
import { auditTrail, foundOrganization, foundProject } from '../../helpers/people.ts';
import { tokenIn } from '../../helpers/smtp.ts';

const organizationPath = '/v1/organizations/{organizationId}';

describe('the language of mails', () => {
  let scene: InvitationScene;
  let stop: () => Promise<void>;
  const { place, path, address, invite, mailTo, byToken } = invitationSteps(() => scene);

  before(async () => {
    const started = await startInviting({
      TENET_MAIL_SUBJECTS: '{"en":{"invitation":"Join {organization}, says Acme"}}',
      TENET_MAIL_UNSUBSCRIBE: 'mailto:stop@acme.example',
    });
    scene = { ...started, organizationId: await foundOrganization(started.owner) };
    stop = started.stop;
  });
  after(() => stop?.());

  const speak = (language: string | null) => scene.owner.client.PATCH(organizationPath, { params: { path: place() }, body: { language } });

  it('is that of the organization, which its administrators choose', async () => {
    expect((await speak('de-CH')).data).to.include({ language: 'de-CH' });
    const email = address('grete');
    const { id } = await invite(email);
    const mail = await mailTo(email);
    expect(mail.header('Subject')).to.equal('Einladung zu Acme');
    expect(mail.text).to.contain('owner@example.com lädt Sie');
    expect(mail.header('Auto-Submitted')).to.equal('auto-generated');
    expect(mail.header('List-Unsubscribe')).to.equal('<mailto:stop@acme.example>');
    await scene.owner.client.POST(resendPath, path(id));
    expect((await mailTo(email, 2)).header('Subject')).to.equal('Einladung zu Acme, erneut gesendet');
    expect((await byToken(await scene.tenet.as(email), tokenIn(await mailTo(email, 2)))).response.status).to.equal(200);
    const [event] = (await auditTrail(scene.owner, scene.organizationId, 'organization.update')).slice(-1);
    expect(event).to.include({ outcome: 'SUCCEEDED' });
  });

  it('is that of the installation for a language in which no mail is written, and for none, with its subjects', async () => {
    for (const language of ['tlh', null]) {
      const { data } = await speak(language);
      expect(data!.language).to.equal(language ?? undefined);
      const email = address('grace');
      await invite(email);
      expect((await mailTo(email)).header('Subject')).to.equal('Join Acme, says Acme');
    }
  });

  it('is chosen with the organization too, and is a tag of BCP 47', async () => {
    const { data } = await scene.owner.client.POST('/v1/organizations', { body: { name: 'Söhne', language: 'de' } });
    expect(data).to.include({ language: 'de' });
    const { response, error } = await speak('de_CH');
    expect(response.status).to.equal(400);
    expect(error!.errors![0]).to.deep.include({ pointer: '#/language', detail: 'must be a tag of BCP 47 such as de or en-GB' });
  });

  it('is that of invitations to a project too, which name it', async () => {
    await speak('de');
    const projectId = await foundProject(scene.owner, scene.organizationId);
    const email = address('guest');
    await scene.owner.client.POST('/v1/organizations/{organizationId}/projects/{projectId}/invitations', {
      params: { path: { ...place(), projectId } },
      body: { invitees: [{ email }], role: 'project.member' },
    });
    expect((await mailTo(email)).header('Subject')).to.match(/^Einladung zu Website in Acme$/);
  });
});
