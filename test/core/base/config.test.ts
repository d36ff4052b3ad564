import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ConfigError, describeConfig, readConfig, variables } from '../../../core/base/config.ts';

const key = Buffer.alloc(32, 1).toString('base64');
const withDatabase = { DATABASE_URL: 'postgres://tenet:s3cret@db:5432/tenet', TENET_ENCRYPTION_KEYS: `k1:${key}` };

function refusal(environment: Record<string, string>): string {
  try {
    readConfig(environment);
  } catch (error) {
    expect(error).to.be.instanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error('the configuration was accepted');
}

describe('configuration', () => {
  it('is complete without a single variable', () => {
    const config = readConfig({});
    expect(config).to.deep.include({ TENET_HOST: '127.0.0.1', TENET_PORT: 8080, issuers: [], encryptionKeys: [], validateResponses: true });
    expect(config.DATABASE_URL).to.equal(undefined);
  });

  it('cannot be changed after it was read', () => {
    expect(readConfig({})).to.be.frozen;
  });

  it('takes an empty variable as absent', () => {
    expect(readConfig({ TENET_PORT: '', DATABASE_URL: '' }).TENET_PORT).to.equal(8080);
  });

  it('leaves variables of others, and those of the tests, alone', () => {
    readConfig({ HOME: '/root', PGHOST: 'db', TENET_TEST_ROUNDS: '5' });
  });

  it('takes proxies to trust as addresses and networks, and none unless they are named', () => {
    const proxies = (text: string) => readConfig({ TENET_TRUSTED_PROXIES: text }).TENET_TRUSTED_PROXIES;
    expect(readConfig({}).TENET_TRUSTED_PROXIES).to.deep.equal([]);
    expect(proxies('10.0.0.0/8, 2001:db8::1')).to.deep.equal(['10.0.0.0/8', '2001:db8::1']);
    for (const text of ['true', 'all', '10.0.0.0/33', 'proxy.example.com', '*']) {
      expect(refusal({ TENET_TRUSTED_PROXIES: text }), text).to.include('TENET_TRUSTED_PROXIES must be at most 50 addresses');
    }
  });

  it('takes origins as a browser sends them, and nothing near', () => {
    const origins = (text: string) => readConfig({ TENET_CORS_ORIGINS: text }).TENET_CORS_ORIGINS;
    expect(origins('')).to.equal(undefined);
    expect(origins('https://app.example.com, http://localhost:3000,http://[::1]:3000')).to.deep.equal([
      'https://app.example.com',
      'http://localhost:3000',
      'http://[::1]:3000',
    ]);
    const wrong = ['*', 'null', 'app.example.com', 'https://app.example.com/', 'https://app.example.com:443', 'HTTPS://app.example.com'];
    wrong.push(
      'https://*.example.com',
      'https://a@app.example.com',
      'https://Bücher.example',
      'file:///a',
      'https://a.example,',
      'https://a.example b',
    );
    for (const text of wrong) expect(refusal({ TENET_CORS_ORIGINS: text }), text).to.include('TENET_CORS_ORIGINS must be origins');
  });

  it('checks responses except in production, unless told otherwise', () => {
    expect(readConfig({ NODE_ENV: 'production' }).validateResponses).to.equal(false);
    expect(readConfig({ NODE_ENV: 'production', TENET_VALIDATE_RESPONSES: 'true' }).validateResponses).to.equal(true);
    expect(readConfig({ TENET_VALIDATE_RESPONSES: 'false' }).validateResponses).to.equal(false);
  });

  describe('asks whether a misspelt variable was meant to be', () => {
    const misspelt = {
      TENET_PROT: 'TENET_PORT',
      TENET_DATADIR: 'TENET_DATA_DIR',
      TENET_ENCRYPTION_KEY: 'TENET_ENCRYPTION_KEYS',
      TENET_LOGLEVEL: 'TENET_LOG_LEVEL',
      TENET_AUDIENCES: 'TENET_AUDIENCE',
    };
    for (const [name, meant] of Object.entries(misspelt)) {
      it(`${meant}: ${name}`, () => {
        expect(refusal({ [name]: '1' })).to.include(`${name} is not a variable of Tenet; did you mean ${meant}?`);
      });
    }

    it('nothing near: TENET_COLOUR_OF_THE_SHED', () => {
      const message = refusal({ TENET_COLOUR_OF_THE_SHED: 'green' });
      expect(message).to.include('TENET_COLOUR_OF_THE_SHED is not a variable of Tenet. Rename or unset it').and.not.include('did you mean');
    });
  });

  describe('refuses', () => {
    const wrong: Record<string, Record<string, string>> = {
      DATABASE_URL: { 'of another database': 'mysql://db/tenet', 'that is no URL': 'db:5432' },
      TENET_PORT: {
        'that is no number': 'http',
        'out of range': '65536',
        'below zero': '-1',
        'with a fraction': '80.5',
        'in another notation': '0x50',
        'that is blank': ' ',
      },
      TENET_METRICS_PORT: { 'that is no number': 'no' },
      TENET_PUBLIC_URL: { 'of another scheme': 'ftp://tenet.example.com', 'without a scheme': 'tenet.example.com' },
      TENET_ISSUER: { 'that is no URL': 'idp', 'without a scheme': 'idp.example.com:443' },
      TENET_SMTP_URL: { 'of another scheme': 'http://mail' },
      TENET_MAIL_FROM: { 'that is no address': 'Tenet' },
      TENET_LOG_LEVEL: { 'that it does not know': 'verbose' },
      TENET_DATABASE_POOL: { 'that is too small': '1', 'that is too large': '1000' },
      TENET_DECISION_CONSISTENCY: { 'that it does not know': 'eventual' },
      TENET_SHADOW_SHARE: { 'above one': '1.5', 'below zero': '-0.1' },
      TENET_DECISION_LOG_SHARE: { 'above one': '2' },
      TENET_DECISION_LOG_DAYS: { 'of no day': '0' },
      TENET_VALIDATE_RESPONSES: { 'that is neither true nor false': 'yes' },
      TENET_MANIFESTS_PRUNE: { 'that is neither true nor false': '1' },
    };
    for (const [name, values] of Object.entries(wrong)) {
      for (const [title, value] of Object.entries(values)) {
        it(`${name} ${title}, in one sentence that says what is there and what must be`, () => {
          const message = refusal({ ...(name === 'TENET_ISSUER' ? { TENET_AUDIENCE: 'tenet' } : {}), [name]: value });
          const [line = ''] = message.split('\n').filter((each) => each.startsWith(`  - ${name} `));
          const { secret } = variables[name as keyof typeof variables] as { secret?: boolean };
          const is = secret ? 'something else, which is not shown because it is a secret' : JSON.stringify(value);
          expect(line)
            .to.match(/must be (a|an|the|true|one|fully_consistent)\b/)
            .and.to.satisfy((text: string) => text.endsWith(`, and is ${is}.`));
          expect(message.includes(value)).to.equal(secret !== true);
          expect(message.split('\n')).to.have.length(2);
        });
      }
    }

    it('every wrong variable at once, a line for each', () => {
      const message = refusal({ TENET_PORT: 'x', TENET_LOG_LEVEL: 'x', TENET_PROT: '1' });
      expect(message.split('\n')).to.have.length(4);
    });

    it('DATABASE_URL without TENET_ENCRYPTION_KEYS, and says how to make one', () => {
      expect(refusal({ DATABASE_URL: withDatabase.DATABASE_URL })).to.include(
        'TENET_ENCRYPTION_KEYS is needed with DATABASE_URL. Make one: echo "k1:',
      );
    });
  });

  describe('identity providers', () => {
    const directory = mkdtempSync(join(tmpdir(), 'tenet-config-'));
    after(() => rmSync(directory, { recursive: true }));

    const provider = { issuer: 'https://idp.example.com', audience: 'tenet' };

    it('one, in the short form', () => {
      expect(readConfig({ TENET_ISSUER: provider.issuer, TENET_AUDIENCE: 'tenet' }).issuers).to.deep.equal([provider]);
    });

    it('several, as JSON or from a file', () => {
      const list = [provider, { ...provider, issuer: 'https://other.example.com', algorithms: ['ES256'] }];
      expect(readConfig({ TENET_ISSUERS: JSON.stringify(list) }).issuers).to.deep.equal(list);
      writeFileSync(join(directory, 'issuers.json'), JSON.stringify(list));
      expect(readConfig({ TENET_ISSUERS: `@${join(directory, 'issuers.json')}` }).issuers).to.deep.equal(list);
    });

    const refused: Record<string, [Record<string, string>, RegExp]> = {
      'without an audience': [{ TENET_ISSUER: provider.issuer }, /TENET_AUDIENCE is needed with TENET_ISSUER: without an audience/],
      'with an audience alone': [{ TENET_AUDIENCE: 'tenet' }, /TENET_ISSUER is needed with TENET_AUDIENCE/],
      'in both forms': [
        { TENET_ISSUER: provider.issuer, TENET_AUDIENCE: 'tenet', TENET_ISSUERS: JSON.stringify([provider]) },
        /TENET_ISSUERS and TENET_ISSUER are both set/,
      ],
      'as a list without an audience': [
        { TENET_ISSUERS: JSON.stringify([{ issuer: provider.issuer }]) },
        /provider 1: audience must be the audience .*, and is missing\./,
      ],
      'as a list with an empty audience': [
        { TENET_ISSUERS: JSON.stringify([{ ...provider, audience: '' }]) },
        /TENET_ISSUERS: provider 1: audience must be .*, and is ""\./,
      ],
      'with a misspelt member': [
        { TENET_ISSUERS: JSON.stringify([{ ...provider, jwksuri: 'https://x' }]) },
        /TENET_ISSUERS: provider 1 has a member jwksuri, which is not known; did you mean jwksUri\?/,
      ],
      'with the algorithm none': [
        { TENET_ISSUERS: JSON.stringify([{ ...provider, algorithms: ['none'] }]) },
        /algorithms must be a list of RS256, PS256, ES256, EdDSA, and is \["none"\]\./,
      ],
      'with a shared secret for an algorithm': [
        { TENET_ISSUERS: JSON.stringify([{ ...provider, algorithms: ['HS256'] }]) },
        /algorithms must be a list of RS256, PS256, ES256, EdDSA, and is \["HS256"\]\./,
      ],
      'as an empty list': [{ TENET_ISSUERS: '[]' }, /TENET_ISSUERS holds no list of identity providers\. It must be JSON such as \[/],
      'as one that is no object': [
        { TENET_ISSUERS: '["https://idp.example.com"]' },
        /provider 1 must be an object with issuer and audience/,
      ],
      'with an issuer that is no URL': [
        { TENET_ISSUERS: JSON.stringify([{ ...provider, issuer: 'idp' }]) },
        /provider 1: issuer must be a URL such as \S+, and is "idp"\./,
      ],
      'that are no JSON': [{ TENET_ISSUERS: 'https://idp.example.com' }, /TENET_ISSUERS cannot be read: /],
      'in a file that is not there': [{ TENET_ISSUERS: `@${directory}/nowhere.json` }, /TENET_ISSUERS cannot be read: .*nowhere\.json/],
    };
    for (const [title, [environment, sentence]] of Object.entries(refused)) {
      it(`${title} are refused`, () => expect(refusal(environment)).to.match(sentence));
    }
  });

  describe('keyring', () => {
    it('holds its keys newest first', () => {
      const { encryptionKeys } = readConfig({ TENET_ENCRYPTION_KEYS: `k2:${key}, k1:${key}` });
      expect(encryptionKeys.map(({ kid }) => kid)).to.deep.equal(['k2', 'k1']);
      for (const { key } of encryptionKeys) expect(key).to.have.length(32);
    });

    const refused = {
      'with a key that is too short': `k1:${Buffer.alloc(16).toString('base64')}`,
      'without a kid': key,
      'with a kid of strange characters': `k 1:${key}`,
      'with a second key that is empty': `k1:${key},`,
    };
    for (const [title, keys] of Object.entries(refused)) {
      it(`${title} is refused, and the key is not shown`, () => {
        const message = refusal({ TENET_ENCRYPTION_KEYS: keys });
        expect(message).to.include('TENET_ENCRYPTION_KEYS must be `kid:base64,...`').and.not.include(key);
      });
    }

    it('that names a kid twice is refused', () => {
      expect(refusal({ TENET_ENCRYPTION_KEYS: `k1:${key},k1:${key}` })).to.include('names a kid twice');
    });
  });

  it('is described without its secrets, a line and a meaning for every variable', () => {
    const config = readConfig({ ...withDatabase, TENET_SMTP_URL: 'smtp://mailer:hush@mail:25' });
    const text = describeConfig(config).join('\n');
    for (const secret of ['s3cret', 'hush', key]) expect(text).not.to.include(secret);
    expect(text).to.include('DATABASE_URL=***').and.include('TENET_PORT=8080').and.include('TENET_SMTP_URL=***');
    for (const [name, { text: meaning }] of Object.entries(variables)) expect(text).to.include(`${name}=`).and.include(meaning);
  });

  it('is described as it is set: lists with commas, tables as JSON', () => {
    const subjects = '{"en":{"invitation":"Join {organization}"}}';
    const text = describeConfig(readConfig({ TENET_MAIL_SUBJECTS: subjects, TENET_API_KEY_HEADERS: 'x-one,x-two' })).join('\n');
    expect(text).to.include(`TENET_MAIL_SUBJECTS=${subjects}\n`).and.include('TENET_API_KEY_HEADERS=x-one,x-two\n');
  });

  it('never shows the value of a wrong secret', () => {
    const message = refusal({ DATABASE_URL: 'mysql://tenet:s3cret@db/tenet', TENET_SMTP_URL: 'http://mailer:hush@mail' });
    for (const secret of ['s3cret', 'hush']) expect(message).not.to.include(secret);
  });

  it('never shows the password of a URL that is in the wrong variable', () => {
    expect(refusal({ TENET_PUBLIC_URL: 'postgres://tenet:s3cret@db/tenet' }))
      .to.include('postgres://***@db')
      .and.not.match(/s3|cret/);
  });
});
