import { expect } from 'chai';
import { shows, stepsOf } from './markdown.ts';

describe('What a page shows', () => {
  it('is a shell block and the output right behind it', () => {
    const steps = stepsOf('text\n```sh\na\n```\n\nmore\n```sh\nb\nc\n```\n```text\nd\n```\n');
    expect(steps.map(({ command, output }) => [command.text, command.line, output?.text])).to.deep.equal([
      ['a', 3, undefined],
      ['b\nc', 8, 'd'],
    ]);
  });

  it('leaves open what differs from run to run, and nothing else', () => {
    expect(shows('org_… (1+1)', 'org_123 (1+1)')).to.equal(true);
    expect(shows('org_…', 'org_1\norg_2')).to.equal(false);
    expect(shows({ id: '…', list: [1] }, { id: 'x', list: [1] })).to.equal(true);
    expect(shows({ id: '…' }, { id: 'x', more: 1 })).to.equal(false);
    expect(shows({ id: '…', more: 1 }, { id: 'x' })).to.equal(false);
    expect(shows('', 'something')).to.equal(false);
  });
});
