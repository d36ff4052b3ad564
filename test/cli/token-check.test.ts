import { spawn } from 'node:child_process';
import { expect } from 'chai';
import { type IdentityProvider, startIdentityProvider } from '../helpers/identity-provider.ts';
import { startTenet, type TestTenet } from '../helpers/tenet.ts';
import { type Ended, follow } from '../helpers/tenet-process.ts';

const bin = new URL('../../bin/tenet.js', import.meta.url).pathname;

describe('tenet token check', function () {
  this.timeout(60_000);
  let provider: IdentityProvider;
  let tenet: TestTenet;

  before(async () => {
    provider = await startIdentityProvider();
    tenet = await startTenet({ TENET_ISSUER: provider.issuer, TENET_AUDIENCE: provider.audience });
  });
  after(async () => {
    await tenet?.stop();
    await provider?.stop();
  });

  /** Runs it with this on standard input, by the configuration of the server. */
  function check(input: string, ...args: string[]): Promise<Ended> {
    const env = {
      PATH: process.env['PATH'],
      DATABASE_URL: tenet.databaseUrl,
      TENET_ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
      TENET_ISSUER: provider.issuer,
      TENET_AUDIENCE: provider.audience,
    };
    const child = spawn(process.execPath, [bin, 'token', 'check', ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.end(input);
    return follow(child).ended;
  }

  it('says which user an accepted token is, before and after their first request, and never prints the token', async () => {
    const token = await provider.token({ subject: 'ada', email: 'ada@example.com', name: 'Ada' });
    const before = await check(`Bearer ${token}\n`, '-');
    expect(before.stdout)
      .to.match(/^Accepted\.\n/)
      .and.to.match(/Note: Nobody has called with this issuer and subject yet/);
    expect(before.code).to.equal(0);
    const me = await fetch(`${tenet.url}/v1/me`, { headers: { authorization: `Bearer ${token}` } });
    const { id } = (await me.json()) as { id: string };
    const { code, stdout, stderr } = await check(token, '-o', 'json');
    expect(JSON.parse(stdout)).to.deep.include({
      accepted: true,
      user: { id, state: 'ACTIVE', email: 'ada@example.com', platformRoles: [], tokensFrom: null },
    });
    expect(code).to.equal(0);
    const signature = token.split('.')[2]!;
    for (const text of [before.stdout, before.stderr, stdout, stderr]) expect(text).not.to.include(signature);
  });

  it('says why the server refuses a token, and what to do, and ends with 1', async () => {
    const token = await provider.sign({ iss: provider.issuer, aud: 'another', sub: 'ada', iat: 1, exp: 2 });
    const reply = await fetch(`${tenet.url}/v1/me`, { headers: { authorization: `Bearer ${token}` } });
    expect(reply.status).to.equal(401);
    const { code, stdout } = await check('', token);
    expect(stdout).to.match(/^Refused: (wrong-audience|expired)\n {2}It\S* /);
    expect(code).to.equal(1);
  });
});
