import pg from 'pg';
import { LimitExceeded } from '../base/errors.ts';

/** What there is of each limit, in words, and what makes room. */
const words: Readonly<Record<string, readonly [things: string, room: string]>> = {
  projects: ['projects', 'Delete one'],
  members: ['members', 'Remove or deactivate one'],
  'service-accounts': ['service accounts', 'Delete one'],
  'api-keys': ['API keys', 'Revoke one'],
  instances: ['installed applications', 'Uninstall one'],
};

/** A failure of the database as LimitExceeded, where it is a limit of an organization that is reached; else the failure itself. */
export function limitRefusal(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError) || error.constraint !== 'limits_hold') return error;
  const { name, hard, used } = JSON.parse(error.detail!) as { name: string; hard: number; used: number };
  return new LimitExceeded(sentence(name, hard, used), hard, used, { fields: { limitName: name }, cause: error });
}

function sentence(name: string, hard: number, used: number): string {
  const [kind, of] = name.split('.') as [string, string | undefined];
  const more = 'ask an administrator of it for a larger plan, or an operator of this installation';
  if (kind === 'meter')
    return `The organization uses ${hard} of ${of} in a month (UTC) at most, and has used ${used}. Wait for the next month, or ${more}.`;
  const [things, room] = words[kind] ?? [`resources of the type ${of}`, 'Delete one'];
  const counted = hard === 1 ? things.replace(/s(?= of |$)/, '') : things;
  return `The organization has ${hard} ${counted} at most, and ${used} now. ${room}, or ${more}.`;
}
