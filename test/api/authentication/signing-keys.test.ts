import { expect } from 'chai';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { createSigningKeys } from '../../../api/authentication/signing-keys.ts';
import { createKeyring } from '../../../core/base/keyring.ts';

describe('signing keys', () => {
  const root = (kid: string, byte: number) => ({ kid, key: Buffer.alloc(32, byte) });
  const keysOf = (...keys: ReturnType<typeof root>[]) => createSigningKeys(createKeyring(keys));

  it('are the same for every replica that has the keyring', async () => {
    expect((await keysOf(root('a', 1))).jwks).to.deep.equal((await keysOf(root('a', 1))).jwks);
  });

  it('check what an older key of the keyring signed, and the newest one signs', async () => {
    const token = await (await keysOf(root('a', 1))).sign({ iss: 'https://tenet.example' });
    const rotated = await keysOf(root('b', 2), root('a', 1));
    const jwks = createLocalJWKSet(rotated.jwks as never);
    expect((await jwtVerify(token, jwks)).payload.iss).to.equal('https://tenet.example');
    expect(decodeProtectedHeader(await rotated.sign({})).kid).to.equal(rotated.jwks.keys[0]!.kid);
    const others = createLocalJWKSet((await keysOf(root('b', 2))).jwks as never);
    expect(await jwtVerify(token, others).catch((error: { code: string }) => error.code)).to.equal('ERR_JWKS_NO_MATCHING_KEY');
  });

  it('are no secret: nothing of the private half or of the keyring is published', async () => {
    const { jwks } = await keysOf(root('a', 1));
    expect(Object.keys(jwks.keys[0]!)).to.have.members(['kty', 'crv', 'x', 'kid', 'alg', 'use']);
  });
});
