import type { OperationInput, Reply } from '../contract.ts';
import type { Handlers } from '../handler.ts';
import { auditEvents } from './audit-events.ts';
import { blueprints } from './blueprints.ts';
import { capabilities } from './capabilities.ts';
import { contract } from './contract.ts';
import { decisions } from './decisions.ts';
import { grants } from './grants.ts';
import { health } from './health.ts';
import { invitations } from './invitations.ts';
import { me } from './me.ts';
import { members } from './members.ts';
import { organizations } from './organizations.ts';
import { policies } from './policies.ts';
import { projects } from './projects.ts';
import { roles } from './roles.ts';
import type { Services } from './services.ts';

/** What dispatch calls: the precise types of each handler end here. */
export type AnyHandler = (request: Partial<OperationInput> & { requestId: string } & Record<string, unknown>) => Promise<Reply>;

/** The handler of every operation of the contract, one file per tag. */
export function createHandlers(services: Services): Handlers {
  return {
    ...auditEvents(),
    ...blueprints(),
    ...capabilities(),
    ...contract(services),
    ...decisions(services),
    ...grants(),
    ...health(services),
    ...invitations(services),
    ...me(),
    ...members(),
    ...organizations(),
    ...policies(),
    ...projects(),
    ...roles(),
  };
}
