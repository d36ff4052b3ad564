import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { signedHeaders } from '../../core/delivery/webhook-message.ts';
import { root } from './checkout.ts';

interface Message {
  readonly secret: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

describe('docs/webhooks.md', () => {
  const page = readFileSync(join(root, 'docs/webhooks.md'), 'utf8');
  const blockOf = (language: string): string => new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(page)![1]!;
  const secretBytes = Buffer.alloc(32, 5);
  const body = '{"type":"member.remove","name":"Grüße"}';
  const good = (secrets: readonly Buffer[] = [secretBytes], at = Date.now()): Message => ({
    secret: `whsec_${secretBytes.toString('base64')}`,
    headers: signedHeaders('evt_1', body, secrets, at),
    body,
  });
  const cases: [string, Message, boolean][] = [
    ['what Tenet has signed', good(), true],
    ['one of two signatures', good([Buffer.alloc(32, 6), secretBytes]), true],
    ['another secret', good([Buffer.alloc(32, 6)]), false],
    ['another body', { ...good(), body: `${body} ` }, false],
    ['what is too old', good([secretBytes], Date.now() - 301_000), false],
    ['what comes from the future', good([secretBytes], Date.now() + 3_600_000), false],
  ];
  const programs: [language: string, command: string, args: (code: string) => string[]][] = [
    [
      'js',
      process.execPath,
      (code) => [
        '--input-type=module',
        '--eval',
        `${code}\nconst { secret, headers, body } = JSON.parse(process.argv[1]);\nconsole.log(verify(secret, headers, body));`,
      ],
    ],
    [
      'python',
      'python3',
      (code) => [
        '-c',
        `${code}\nimport json, sys\nm = json.loads(sys.argv[1])\nprint(str(verify(m["secret"], m["headers"], m["body"].encode())).lower())`,
      ],
    ],
  ];
  for (const [language, command, args] of programs) {
    for (const [title, message, expected] of cases) {
      it(`verifies in ${language}: ${title}`, () => {
        const { stdout, stderr } = spawnSync(command, [...args(blockOf(language)), JSON.stringify(message)], { encoding: 'utf8' });
        expect(stdout.trim(), stderr).to.equal(String(expected));
      });
    }
  }

  it('what is signed is what the text of Standard Webhooks says, by its own example', () => {
    // The example of the specification and of its libraries.
    const secret = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
    const payload = '{"test": 2432232314}';
    const headers = signedHeaders('msg_p5jXN8AQM9LWM0D4loKWxJek', payload, [secret], 1_614_265_330_000);
    expect(headers['webhook-signature']).to.equal('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
    expect(createHmac('sha256', secret).update(`msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.${payload}`).digest('base64')).to.equal(
      'g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });
});
