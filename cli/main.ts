import { CommanderError } from 'commander';
import { type InputError, TenetError } from '../core/base/errors.ts';
import { tolerateClosedPipes } from './closed-pipe.ts';
import { faultLines } from './fault-lines.ts';
import { program } from './program.ts';

/** How `tenet` ends when it does not succeed; what some commands end with besides is in docs/cli.md. */
const exitCodes = { failure: 1, usage: 2 } as const;

/** Errors whose message is a sentence for people; by name, so that a command does not load what it does not use. */
const forPeople = new Set(['ApiError', 'ConfigError', 'ConnectionError', 'SchemaError', 'StartError', 'UsageError']);

/** A failure that has a sentence for people is reported in that sentence; anything else is a fault of ours and shows where. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  const { name, message } = error as Error;
  if (name === 'PolicyError') console.error(`tenet: The policy files must not come into force:\n${message}`);
  else if (error instanceof TenetError) console.error([`tenet: ${message}`, ...faultLines(faultsOf(error), message)].join('\n'));
  else if (forPeople.has(name)) console.error(`tenet: ${message}`);
  else console.error('tenet: unexpected failure', error);
  return name === 'UsageError' ? exitCodes.usage : exitCodes.failure;
}

/** The parts of an input that core refuses, as the API shows them in `errors`. */
function faultsOf({ fields: { errors } }: TenetError): readonly InputError[] {
  return Array.isArray(errors) ? errors : [];
}

tolerateClosedPipes();
try {
  await program().parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
