import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { InvalidInput } from './errors.ts';
import { reasonOf } from './reason.ts';

/** A file beside a directory that holds signatures of what is in it. */
export interface SignatureList<S> {
  /** The signatures; none where there is no file. Throws InvalidInput. */
  read(file: string): Promise<S[]>;
  /** Writes all of them or, where that fails, none. Throws InvalidInput where there is no way to. */
  write(file: string, signatures: readonly S[]): Promise<void>;
}

/** What one of these files is called, how many signatures it has at most, and the command that writes it. */
interface Kind {
  readonly what: string;
  readonly most: number;
  readonly command: string;
}

/** Files of signatures of one kind, each with `signed` and the digest of what it signs. */
export function signatureList<P extends string>(signed: P, { what, most, command }: Kind): SignatureList<Record<P, string> & Signature> {
  const one = z.strictObject({ [signed]: z.string().max(100), sha256: z.string().max(64), signature: z.string().max(1_000) });
  const schema = z.strictObject({ signatures: z.array(one).max(most) });
  return {
    async read(file) {
      const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw new InvalidInput(`The signatures cannot be read: ${error.message}`, [], { cause: error });
      });
      if (text === undefined) return [];
      try {
        return schema.parse(JSON.parse(text)).signatures as (Record<P, string> & Signature)[];
      } catch (error) {
        throw new InvalidInput(`${file} is no ${what}: remove it and sign again, with ${command}.`, [], { cause: error });
      }
    },
    async write(file, signatures) {
      try {
        await writeFile(`${file}.new`, `${JSON.stringify({ signatures }, undefined, 2)}\n`);
        await rename(`${file}.new`, file);
      } catch (error) {
        throw new InvalidInput(`The signatures cannot be written: ${reasonOf(error)}`, [], { cause: error });
      }
    },
  };
}

interface Signature {
  readonly sha256: string;
  readonly signature: string;
}
