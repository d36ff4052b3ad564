import type { PolicyStore } from '../core/policy-stores/stores.ts';
import { connect, type ServerOptions } from './api-client.ts';
import { mostSigningKeys, publicKeysIn } from './key-files.ts';
import { UsageError } from './options.ts';
import { type Format, type Out, print, table } from './output.ts';
import { findStore } from './policy-store-place.ts';

interface KeysOptions extends ServerOptions {
  /** A file with the keys that take the place of those that are there. */
  readonly set?: string;
  readonly clear?: true;
  readonly output: Format;
}

/** `tenet policy-store keys`: the public keys of which one must have signed what comes into force in a store; with `set` and `clear` it gets others, or none. */
export async function signingKeysOf(store: string, { set, clear, ...options }: KeysOptions, out: Out = console.log): Promise<void> {
  if (set !== undefined && clear) throw new UsageError('--set and --clear are two ways: give one of them.');
  const wanted = set === undefined ? clear && [] : publicKeysIn('--set', set, mostSigningKeys);
  const api = connect(options);
  const { path, name } = await findStore(api, store);
  const { body: present, etag = '' } = await api.get<PolicyStore>(path);
  const { body } = wanted ? await api.patch<PolicyStore>(path, { signingKeys: wanted }, { 'if-match': etag }) : { body: present };
  const { signingKeys } = body;
  print(options.output, out, signingKeys, () =>
    signingKeys.length === 0
      ? [`${name} has no signing keys: its revisions come into force unsigned`]
      : table(
          ['KID', 'X'],
          signingKeys.map(({ kid, x }) => [kid, x]),
        ),
  );
}
