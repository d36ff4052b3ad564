import { listChains, verifyChain } from '../core/audit/verify.ts';
import { platformChain, toId } from '../core/base/ids.ts';
import type { Db } from '../core/database/database.ts';
import { readDatabase } from './database.ts';
import { type Format, type Out, print } from './output.ts';

/** `tenet audit verify`: recomputes every chain of the audit log. Returns 1 when one does not hold. */
export async function verifyAudit(out: Out, format: Format = 'table'): Promise<number> {
  const report = await readDatabase(verifyChains);
  const { chains, events, broken } = report;
  print(format, out, report, () => [
    ...broken.map(({ chain, sequence, reason }) => `${chain}: event ${sequence} does not hold: ${reason}`),
    `${chains} chains with ${events} events: ${broken.length === 0 ? 'all of them hold' : `${broken.length} broken`}`,
  ]);
  return broken.length === 0 ? 0 : 1;
}

interface Report {
  readonly chains: number;
  readonly events: number;
  readonly broken: readonly { readonly chain: string; readonly sequence: number; readonly reason: string }[];
}

async function verifyChains(db: Db): Promise<Report> {
  const broken: { chain: string; sequence: number; reason: string }[] = [];
  let events = 0;
  const chains = await listChains(db);
  for (const chain of chains) {
    const report = await verifyChain(db, chain);
    events += report.events;
    if (report.broken) broken.push({ chain: chain === platformChain ? 'the platform' : toId('organization', chain), ...report.broken });
  }
  return { chains: chains.length, events, broken };
}
