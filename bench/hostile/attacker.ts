import { once } from 'node:events';
import { attacks, type Target } from './attacks.ts';
import { changePriority } from './priority.ts';

/** The process of the attacker, which hostile.ts forks: `{ begin, target }` begins an attack, the next message ends it. It ends with its parent. */
process.on('disconnect', () => process.exit());
// Elsewhere it would not take the server's cores away.
process.send!({ priority: changePriority(5) });
for (;;) {
  const [{ begin, target }] = (await once(process, 'message')) as [{ begin: string; target: Target }];
  const end = new AbortController();
  process.once('message', () => end.abort());
  await attacks[begin]!(target, end.signal);
  process.send!('ended');
}
