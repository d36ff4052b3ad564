import { expect } from 'chai';
import { readPolicyKeys } from '../../../core/base/policy-keys.ts';

const x = 'Xx4_L89E6RsyvDTzN9wuN3cDwgifPkXMgFJv_HMIxdk';
const good = { kty: 'OKP', crv: 'Ed25519', kid: 'ci-1', x };

describe('TENET_POLICY_KEYS', () => {
  const read = (value: unknown) => {
    const problems: string[] = [];
    const keys = readPolicyKeys(typeof value === 'string' ? value : JSON.stringify(value), problems);
    return { keys, problems };
  };

  it('holds public keys, several for a rotation', () => {
    expect(
      read({
        keys: [
          { ...good, use: 'sig' },
          { ...good, kid: 'ci-2' },
        ],
      }),
    ).to.deep.equal({
      keys: [good, { ...good, kid: 'ci-2' }],
      problems: [],
    });
  });

  const bad: Record<string, [unknown, RegExp]> = {
    'no JSON': ['{"keys":[{"d":"secret"', /^TENET_POLICY_KEYS cannot be read: it is no JSON\. It must be a JWK Set/],
    'no file': ['@/nowhere/keys.json', /^TENET_POLICY_KEYS cannot be read: ENOENT/],
    'no key': [{ keys: [] }, /^TENET_POLICY_KEYS must hold 1 to 20 keys/],
    'too many keys': [{ keys: Array(21).fill(good) }, /^TENET_POLICY_KEYS must hold 1 to 20 keys/],
    'a private key': [{ keys: [good, { ...good, kid: 'b', d: 'secret' }] }, /^TENET_POLICY_KEYS: key 2 is private \(it has a member d\)/],
    'a key of another kind': [{ keys: [{ kty: 'RSA', kid: 'a' }] }, /^TENET_POLICY_KEYS: key 1 is no Ed25519 key: kty must be OKP/],
    'a key without a kid': [{ keys: [{ ...good, kid: undefined }] }, /^TENET_POLICY_KEYS: key 1 needs a kid/],
    'a key that is too short': [{ keys: [{ ...good, x: x.slice(4) }] }, /^TENET_POLICY_KEYS: key 1 is no Ed25519 key: x must be/],
    'a kid twice': [{ keys: [good, good] }, /^TENET_POLICY_KEYS names a kid twice/],
  };
  for (const [title, [value, sentence]] of Object.entries(bad))
    it(`refuses ${title}, in a sentence without a secret`, () => {
      const { problems } = read(value);
      expect(problems).to.have.length(1);
      expect(problems[0]).to.match(sentence).and.not.contain('secret');
    });
});
