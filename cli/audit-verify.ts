import { listChains, verifyChain } from '../core/audit/verify.ts';
import { readConfig } from '../core/base/config.ts';
import { platformChain, toId } from '../core/base/ids.ts';
import { withDatabase } from './database.ts';

/** `tenet audit verify`: recomputes every chain of the audit log. Returns 1 when one does not hold. */
export async function verifyAudit(out: (line: string) => void): Promise<number> {
  return withDatabase(readConfig(process.env), (database) =>
    database.read('platform', async (db) => {
      let broken = 0;
      let events = 0;
      const chains = await listChains(db);
      for (const chain of chains) {
        const report = await verifyChain(db, chain);
        events += report.events;
        if (!report.broken) continue;
        broken += 1;
        const name = chain === platformChain ? 'the platform' : toId('organization', chain);
        out(`${name}: event ${report.broken.sequence} does not hold: ${report.broken.reason}`);
      }
      out(`${chains.length} chains with ${events} events: ${broken === 0 ? 'all of them hold' : `${broken} broken`}`);
      return broken === 0 ? 0 : 1;
    }),
  );
}
