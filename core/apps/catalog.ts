import { isAbsolute } from 'node:path';
import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { listKinds } from '../authorization/store/revisions.ts';
import { type InputError, InvalidInput, LimitExceeded, NotFound } from '../base/errors.ts';
import { newId, toUuid } from '../base/ids.ts';
import { type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOf } from '../base/versions.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { type CatalogItem, type CatalogItemRow, findCatalogItem, toCatalogItem } from './catalog-rows.ts';
import type { Price, Program, ProgramVariable } from './program.ts';

/** Applications in the catalogue (docs/limits.md). */
const maxItems = 1_000;

/** What an operator says of an application. */
export interface CatalogContent {
  readonly name: string;
  readonly category: string;
  readonly description: string;
  readonly prices?: readonly Price[] | undefined;
  readonly trialDays?: number | null | undefined;
  readonly environment?: readonly ProgramVariable[] | undefined;
  readonly program: Program;
}

type Change = { readonly [K in keyof CatalogContent]?: CatalogContent[K] | undefined } & {
  readonly state?: CatalogItem['state'] | undefined;
};

/** Publishes an application. Throws InvalidInput and LimitExceeded. */
export async function createCatalogItem(db: Db, actor: Actor, input: CatalogContent): Promise<CatalogItem> {
  await checkContent(db, actor, input);
  await db.raw("select pg_advisory_xact_lock(hashtextextended('tenet.catalog', 0))");
  const [{ count }] = (await db('catalog_items').count('* as count')) as [{ count: string }];
  if (Number(count) >= maxItems) throw new LimitExceeded(`The catalogue has ${maxItems} applications at most.`, maxItems, Number(count));
  const target = newId('catalogItem');
  const [row]: CatalogItemRow[] = await db('catalog_items')
    .insert({ id: toUuid('catalogItem', target), created_by: actor.name, ...columnsOf(input) })
    .returning('*');
  const made = toCatalogItem(row!, { withProgram: true });
  await record(db, actor, { action: 'catalog-item.publish', target, after: made });
  return made;
}

function columnsOf({ name, category, description, prices, trialDays, environment, program }: Change): object {
  return {
    ...(name !== undefined && { name }),
    ...(category !== undefined && { category }),
    ...(description !== undefined && { description }),
    ...(prices !== undefined && { prices: JSON.stringify(prices) }),
    ...(trialDays !== undefined && { trial_days: trialDays }),
    ...(environment !== undefined && { environment: JSON.stringify(environment) }),
    ...(program !== undefined && { program: JSON.stringify(program) }),
  };
}

/** Variables by which a tenant would choose what runs, or that the driver sets itself. */
const reservedVariable =
  /^(PORT|DATA_DIRECTORY|INSTANCE_DIRECTORY|PATH|HOME|TMPDIR|SHELL|ENV|BASH_ENV|IFS|LD_.*|DYLD_.*|NODE_.*|PYTHON.*|RUBY.*|PERL5?.*|JAVA_.*|JDK_.*|_JAVA_.*|GIT_.*|GLIBC_.*|MALLOC_.*)$/;

/** What the contract cannot say. */
async function checkContent(db: Db, actor: Actor, { category, prices = [], environment = [], program }: Change): Promise<void> {
  const errors: InputError[] = [];
  const kinds = new Set<string>();
  for (const [index, { kind }] of prices.entries()) {
    if (kinds.size === kinds.add(kind).size) errors.push({ pointer: `#/prices/${index}/kind`, detail: 'must be there once' });
  }
  const names = new Set<string>();
  for (const [index, variable] of environment.entries()) {
    const pointer = `#/environment/${index}`;
    if (names.size === names.add(variable.name).size) errors.push({ pointer: `${pointer}/name`, detail: 'must be there once' });
    if (reservedVariable.test(variable.name)) {
      errors.push({ pointer: `${pointer}/name`, detail: 'must not be a variable that says what runs or where it listens' });
    }
    if (variable.secret && variable.default !== undefined) {
      errors.push({ pointer: `${pointer}/default`, detail: 'must be left out of a secret: it is given by reference' });
    }
  }
  if (program) errors.push(...faultsOfProgram(program));
  if (category !== undefined) errors.push(...(await faultsOfCategory(db, actor, category)));
  if (errors.length > 0) throw new InvalidInput('This application cannot be.', errors);
}

// `registry.example.com:5000/team/notes:1.4.0@sha256:...` (the grammar of distribution/reference).
const imageName =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::\d{1,5})?\/)?[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;

function* faultsOfProgram({ image, command }: Program): Generator<InputError> {
  if (image === undefined && command === undefined) {
    yield { pointer: '#/program', detail: 'must have an image, for a cluster, or a command, for one machine' };
  }
  if (image !== undefined && !imageName.test(image)) {
    yield { pointer: '#/program/image', detail: 'must be the name of an image, such as registry.example.com/notes:1.4.0' };
  }
  // In a cluster it may be a name that the image knows.
  if (image === undefined && command !== undefined && !isAbsolute(command)) {
    yield { pointer: '#/program/command', detail: 'must be a path that begins with a slash, where there is no image' };
  }
}

/** Organizations install by category, so one that no kind of them has would be shown to all and installed by none. */
async function faultsOfCategory(db: Db, actor: Actor, category: string): Promise<InputError[]> {
  const engines = await Promise.all((await listKinds(db)).map((name) => actor.engineOf(name)));
  const known = new Set(engines.flatMap(({ blueprint }) => blueprint?.catalog?.categories ?? []));
  if (known.has(category)) return [];
  const detail =
    known.size === 0
      ? 'must be a category of a kind of organization, and none has any'
      : `must be a category of a kind of organization: ${[...known].sort().slice(0, 20).join(', ')}`;
  return [{ pointer: '#/category', detail }];
}

/**
 * The catalogue, oldest first: of one category, or those in whose name or description a text is. What is withdrawn is shown to those who may publish,
 * when they ask for it.
 */
export async function listCatalogItems(
  db: Db,
  actor: Actor,
  input: { category?: string | undefined; q?: string | undefined; state?: CatalogItem['state'] | undefined } & PageQuery,
): Promise<Page<CatalogItem>> {
  const { category, q, state = 'PUBLISHED' } = input;
  const list = JSON.stringify(['catalog-items', category, q, state]);
  const page = readPage(input, list, uuidKey);
  if (state !== 'PUBLISHED') await actor.require('catalog-item', 'publish', {});
  const query = db('catalog_items')
    .where({ state })
    .orderBy('id')
    .limit(page.limit + 1);
  if (page.after !== undefined) query.where('id', '>', page.after);
  if (category !== undefined) query.where({ category });
  if (q !== undefined) query.whereRaw('(strpos(lower(name), lower(?)) > 0 or strpos(lower(description), lower(?)) > 0)', [q, q]);
  const options = await shownTo(actor);
  return toPage(
    (await query) as CatalogItemRow[],
    page,
    list,
    ({ id }) => id,
    (row) => toCatalogItem(row, options),
  );
}

async function shownTo(actor: Actor): Promise<{ withProgram: boolean }> {
  return { withProgram: (await actor.may('catalog-item', 'publish', {})).allowed };
}

/** One application. What is withdrawn is there for those who may publish alone. Throws NotFound. */
export async function getCatalogItem(db: Db, actor: Actor, { itemId }: { itemId: string }): Promise<CatalogItem> {
  const row = await findCatalogItem(db, itemId);
  const options = await shownTo(actor);
  if (row.state !== 'PUBLISHED' && !options.withProgram) throw new NotFound();
  return toCatalogItem(row, options);
}

/** Changes what is said, withdraws it or publishes it again. Installed ones run what it says then from their next start on. Throws NotFound, InvalidInput. */
export async function updateCatalogItem(
  db: Db,
  actor: Actor,
  input: { itemId: string; preconditions?: Preconditions | undefined } & Change,
): Promise<CatalogItem> {
  await checkContent(db, actor, input);
  const before = await findCatalogItem(db, input.itemId, { lock: true });
  checkPreconditions(input.preconditions ?? {}, etagOf(before.version));
  const { state } = input;
  const [row]: CatalogItemRow[] = await db('catalog_items')
    .where({ id: before.id })
    .update({ ...columnsOf(input), ...(state !== undefined && { state }), ...nextVersion(db) })
    .returning('*');
  const after = toCatalogItem(row!, { withProgram: true });
  await record(db, actor, {
    action: after.state === 'WITHDRAWN' && before.state === 'PUBLISHED' ? 'catalog-item.withdraw' : 'catalog-item.publish',
    target: input.itemId,
    before: toCatalogItem(before, { withProgram: true }),
    after,
  });
  return after;
}
