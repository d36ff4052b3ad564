import { expect } from 'chai';
import { createSlowReceivers } from '../../../core/delivery/slow-receivers.ts';

describe('Slow receivers of webhooks', () => {
  it('are sent to a few at a time, while quick ones find room, and one that has been slow stays so', async () => {
    const receivers = createSlowReceivers({ from: 1_000, most: 2, minutes: 10 });
    const ends: (() => void)[] = [];
    const hold = (webhook: string, milliseconds: number) =>
      receivers.send(webhook, () => {
        receivers.took(webhook, milliseconds);
        return new Promise<void>((resolve) => ends.push(resolve));
      });
    // None is known yet: all three begin, and are slow from then on.
    const begun = ['a', 'b', 'c'].map((webhook) => hold(webhook, 10_000));
    const sent: string[] = [];
    const send = (webhook: string) => receivers.send(webhook, async () => void sent.push(webhook));
    receivers.took('d', 1_000);
    receivers.took('d', 5);
    receivers.took('quick', 999);
    expect(await send('d')).to.equal(false);
    expect(await send('quick')).to.equal(true);
    ends[0]!();
    expect(await begun[0]).to.equal(true);
    expect(await send('d')).to.equal(false);
    ends[1]!();
    await begun[1];
    expect(await send('d')).to.equal(true);
    ends[2]!();
    await begun[2];
    expect(sent).to.deep.equal(['quick', 'd']);
  });

  it('leave their place when sending failed', async () => {
    const receivers = createSlowReceivers({ from: 0, most: 1, minutes: 10 });
    receivers.took('a', 1);
    const failed = await receivers.send('a', () => Promise.reject(new Error('no'))).catch((error: Error) => error.message);
    expect(failed).to.equal('no');
    expect(await receivers.send('a', async () => undefined)).to.equal(true);
  });
});
