import { InvalidInput } from '../../core/base/errors.ts';
import { manifestName } from '../../core/manifests/apply.ts';
import type { ManifestRecord, Recorded } from '../../core/manifests/records.ts';
import type { Log } from '../runtime/log.ts';
import type { RefusedFile } from './validated-directory.ts';

interface Told {
  readonly directory: string;
  readonly prune: boolean;
  readonly refused: readonly RefusedFile[];
  readonly foreign: readonly string[];
  readonly recorded: Recorded;
}

/** Says what is wrong with a directory: each thing once, and again when it has been well in between. */
export function createTeller(log: Log) {
  let said = new Set<string>();
  let failure: string | undefined;
  return {
    tell({ directory, prune, refused, foreign, recorded }: Told): void {
      failure = undefined;
      const now = new Set<string>();
      const once = (line: string, say: () => void): void => {
        now.add(line);
        if (!said.has(line)) say();
      };
      for (const problem of refused.flatMap(({ problems }) => problems))
        once(problem, () => log.error({ directory, problem }, 'a manifest file is refused; what it held before stays'));
      for (const document of foreign) once(document, () => log.info({ directory, document }, 'a document of another tool is left alone'));
      for (const { uid, source } of recorded.clashes)
        once(uid, () => log.error({ directory, uid, owner: source }, 'a manifest belongs to another directory'));
      if (recorded.tooMany) {
        const { leaving, limit, total } = recorded.tooMany;
        const names = leaving.map((record) => shown(record));
        const problem = `${names.length} of ${total} manifests have left the directory, and at most ${limit} are deleted at a time, so none is. If it is meant, remove them in smaller steps.`;
        once(problem + names.join(), () => log.error({ directory, manifests: names.slice(0, 20), problem }, 'pruning stopped'));
      }
      said = now;
      if (prune) return;
      for (const record of recorded.left)
        log.warn(
          {
            directory,
            manifest: shown(record),
            file: record.file,
            hint: 'Put it back, or start with --prune to carry out its deletionPolicy.',
          },
          'a manifest has left the directory; what it declared stays as it is',
        );
    },
    failed(directory: string, err: unknown): void {
      const { message } = err as Error;
      if (message === failure) return;
      failure = message;
      if (err instanceof InvalidInput)
        log.error({ directory, problem: message }, 'the manifest directory cannot be used; what is known stays');
      else log.warn({ directory, err }, 'the manifest directory could not be read; it is read again');
    },
  };
}

const shown = ({ kind, namespace, name }: ManifestRecord): string => manifestName({ kind, name, ...(namespace !== null && { namespace }) });
