import pg from 'pg';
import { type InputError, LimitExceeded } from '../base/errors.ts';

/** What there is of each limit, in words, and what makes room. */
const words: Readonly<Record<string, readonly [things: string, room: string]>> = {
  projects: ['projects', 'Delete one'],
  members: ['members', 'Remove or deactivate one'],
  'service-accounts': ['service accounts', 'Delete one'],
  'api-keys': ['API keys', 'Revoke one'],
  instances: ['installed applications', 'Uninstall one'],
};

/** What the database says of a limit that is reached; of one on a meter in which month (UTC), and which events of the batch are of it. */
export interface ReachedLimit {
  readonly name: string;
  readonly hard: number;
  readonly used: number;
  readonly month?: string;
  readonly isPast?: boolean;
  /** What is used, exactly. */
  readonly text?: string;
  readonly events?: readonly string[];
}

/** A failure of the database as LimitExceeded, where it is a limit of an organization that is reached; else the failure itself. */
export function limitRefusal(error: unknown, errorsOf: (reached: ReachedLimit) => readonly InputError[] = () => []): unknown {
  if (!(error instanceof pg.DatabaseError) || error.constraint !== 'limits_hold') return error;
  const reached = JSON.parse(error.detail!) as ReachedLimit;
  const { name, hard, used } = reached;
  const errors = errorsOf(reached);
  const fields = { limitName: name, ...(errors.length > 0 && { errors }) };
  return new LimitExceeded(sentence(reached), hard, used, { fields, cause: error });
}

function sentence({ name, hard, used, text = String(used), month = '', isPast = false }: ReachedLimit): string {
  const [kind, of] = name.split('.') as [string, string | undefined];
  const more = 'ask an administrator of it for a larger plan, or an operator of this installation';
  if (kind === 'meter') {
    const what = isPast ? 'Events count in the month of their time, so waiting does not help: leave these out' : 'Wait for the next month';
    return `The organization uses ${hard} of ${of} in a month (UTC) at most, and has used ${text} in ${month.slice(0, 7)}. ${what}, or ${more}.`;
  }
  const [things, room] = words[kind] ?? [`resources of the type ${of}`, 'Delete one'];
  const counted = hard === 1 ? things.replace(/s(?= of |$)/, '') : things;
  return `The organization has ${hard} ${counted} at most, and ${used} now. ${room}, or ${more}.`;
}
