import { readFile } from 'node:fs/promises';
import type { PlanDocument } from '../core/access-plans/document.ts';
import { readPlan } from '../core/access-plans/planned-files.ts';
import { toUuid } from '../core/base/ids.ts';
import { UsageError } from './options.ts';

/** The access plan that `--plan` names: one that is stored, or what `tenet policy plan -o json` wrote. */
export type WantedPlan =
  | { readonly id: string; readonly document?: undefined }
  | { readonly id?: undefined; readonly document: PlanDocument };

/** Reads `--plan`. Throws UsageError for what is neither the id of a plan nor a file that can be read, InvalidInput for a file that is no plan. */
export async function readWantedPlan(text: string): Promise<WantedPlan> {
  return text.startsWith('apl_') ? { id: accessPlanIdOf(text) } : { document: await readPlanFile(text) };
}

function accessPlanIdOf(text: string): string {
  try {
    toUuid('accessPlan', text);
    return text;
  } catch (cause) {
    throw new UsageError(`--plan must be the id of an access plan, apl_ and 26 characters, or a file; it is ${JSON.stringify(text)}.`, {
      cause,
    });
  }
}

async function readPlanFile(file: string): Promise<PlanDocument> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`--plan must be the id of an access plan, or a file that can be read; ${file} is none.`, { cause });
  });
  return readPlan(text, file);
}
