import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createAuthenticator } from '../../../api/authentication/authenticate.ts';
import { loadDevIssuer } from '../../../api/authentication/dev-issuer.ts';
import { failure } from '../../helpers/failure.ts';

describe('the local issuer', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'tenet-dev-issuer-'));
  });
  afterEach(() => rm(dataDir, { recursive: true }));
  const keyFile = () => join(dataDir, 'dev-issuer.json');

  it('signs tokens that its own configuration accepts, without any network', async () => {
    const { config, sign } = await loadDevIssuer(dataDir);
    const { authenticate } = createAuthenticator({ issuers: [config] });
    const identity = await authenticate(
      `Bearer ${await sign({ subject: 'dev', email: 'dev@localhost', name: 'Dev', lifetimeSeconds: 60 })}`,
    );
    expect(identity).to.deep.include({
      issuer: 'http://localhost/tenet-dev',
      subject: 'dev',
      email: { address: 'dev@localhost', verified: true },
      name: 'Dev',
    });
    expect(identity.expiresAt - identity.issuedAt).to.equal(60);
  });

  it('keeps its key over a restart', async () => {
    const before = await loadDevIssuer(dataDir);
    const { config } = await loadDevIssuer(dataDir);
    await createAuthenticator({ issuers: [config] }).authenticate(`Bearer ${await before.sign({ subject: 'dev' })}`);
  });

  it('makes one key when several processes start together', async () => {
    const issuers = await Promise.all(Array.from({ length: 8 }, () => loadDevIssuer(dataDir)));
    expect(new Set(issuers.map(({ config }) => config.key.kid))).to.have.length(1);
    expect(await readdir(dataDir)).to.deep.equal(['dev-issuer.json']);
  });

  it('keeps the key to its owner and never gives the private part away', async () => {
    const { config } = await loadDevIssuer(dataDir);
    expect((await stat(keyFile())).mode & 0o777).to.equal(0o600);
    const { d } = JSON.parse(await readFile(keyFile(), 'utf8')) as { d: string };
    expect(JSON.stringify(config)).not.to.contain(d);
  });

  it('refuses a key that other users can read, and says what to do', async () => {
    await loadDevIssuer(dataDir);
    await chmod(keyFile(), 0o644);
    expect((await failure(loadDevIssuer(dataDir))).message).to.contain(`chmod 600 ${keyFile()}`);
  });

  it('refuses a file that holds no key', async () => {
    await writeFile(keyFile(), '{"kty":"oct","k":"AAAA"}', { mode: 0o600 });
    expect((await failure(loadDevIssuer(dataDir))).message).to.contain('does not hold a key');
  });

  it('signs nothing that lives longer than a day', async () => {
    const { sign } = await loadDevIssuer(dataDir);
    expect((await failure(sign({ subject: 'dev', lifetimeSeconds: 86_401 }))).message).to.contain('1 to 86400');
  });

  it('is not believed by another installation', async () => {
    const { sign } = await loadDevIssuer(dataDir);
    await rm(keyFile());
    const { config } = await loadDevIssuer(dataDir);
    const authorization = `Bearer ${await sign({ subject: 'dev' })}`;
    const error = await failure(() => createAuthenticator({ issuers: [config] }).authenticate(authorization));
    expect(error).to.have.property('reason', 'unknown-key');
  });
});
