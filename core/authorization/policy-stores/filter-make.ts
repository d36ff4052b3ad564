import { atOnce, type Steps } from '../../base/steps.ts';
import { readerOf } from './condition-evaluate.ts';
import { partialCondition, partialDomain, type Sought } from './condition-partial.ts';
import { allOf, anyOf, filterOf, not, type Partial } from './filter.ts';
import { storeLimits } from './limits.ts';
import type { StoreModel } from './model.ts';
import { objectTest } from './objects.ts';
import { emptyGraph, graphFor, type RoleGraph } from './roles.ts';
import { canBeMeant, isRole, type StorePolicy, type StoreRow } from './rows.ts';
import type { CompiledStore, StoreEntity, StoreFilter, StoreQuestion } from './types.ts';
import { typeOfObject } from './vocabulary.ts';

/** How many rows are looked at between two steps. */
const rowsOfStep = 50;

type Graphs = ReadonlyMap<string, RoleGraph>;

type Filters = Pick<CompiledStore, 'resourceFilter' | 'resourceFilterSteps' | 'subjectFilter' | 'subjectFilterSteps'>;

/** The filters of a policy: what its rows come to when the resource, or the subject, is what is sought. */
export function createFilters({ rows, model }: StorePolicy, graphs: Graphs): Filters {
  function* filter(sought: Sought, question: StoreQuestion): Steps<StoreFilter> {
    if (!canBeMeant(question)) return filterOf(false);
    const { resource, action } = question;
    const known = new Map<string, Partial>();
    // Many rows are about one subject, and who has a role may take long to say.
    const meant = (name: string): Partial => {
      const part = known.get(name) ?? partialSubject(name, model, graphs, sought, question);
      known.set(name, part);
      return part;
    };
    function* partialOf(effect: StoreRow['effect']): Steps<Partial> {
      const reaching = rows.filter(
        (row) => row.effect === effect && (row.act === '*' || row.act === action.name) && hasType(row, resource.type),
      );
      let all: Partial = false;
      for (let first = 0; first < reaching.length && all !== true; first += rowsOfStep) {
        const some = reaching.slice(first, first + rowsOfStep);
        all = anyOf(partials(all, some, (row) => partialRow(row, model, sought, question, meant)));
        yield;
      }
      return all;
    }
    const allowed = yield* partialOf('allow');
    // Most often nothing is allowed, or nothing denied.
    return filterOf(allowed === false ? false : allOf([allowed, not(yield* partialOf('deny'))]));
  }
  const someEntity = (type: string): StoreEntity => ({ type, id: '', properties: {} });
  const resourceFilterSteps: Filters['resourceFilterSteps'] = (subject, action, context, type) =>
    filter('res', { subject, action, context, resource: someEntity(type) });
  const subjectFilterSteps: Filters['subjectFilterSteps'] = (resource, action, context, type) =>
    filter('sub', { subject: someEntity(type), action, context, resource });
  return {
    ...{ resourceFilterSteps, subjectFilterSteps },
    resourceFilter: (...sought) => atOnce(resourceFilterSteps(...sought)),
    subjectFilter: (...sought) => atOnce(subjectFilterSteps(...sought)),
  };
}

function* partials<T>(known: Partial, items: readonly T[], partialOf: (item: T) => Partial): Generator<Partial> {
  yield known;
  for (const item of items) yield partialOf(item);
}

function hasType({ obj }: StoreRow, type: string): boolean {
  const own = typeOfObject(obj);
  return own === undefined || own === type;
}

/** The parts are made one after the other, and what follows a part that is false is not made. */
function partialRow(row: StoreRow, model: StoreModel, sought: Sought, question: StoreQuestion, meant: (name: string) => Partial): Partial {
  function* parts(): Generator<Partial> {
    yield partialObject(row.obj, model, sought, question);
    if (row.dom !== '*') yield partialDomain(model.domain!, [row.dom], sought, question);
    if (row.sub !== '*') yield meant(row.sub);
    yield partialCondition(row.condition, sought, question);
  }
  return allOf(parts());
}

function partialObject(obj: string, model: StoreModel, sought: Sought, { resource }: StoreQuestion): Partial {
  const test = objectTest(obj, model.objects);
  if (test === undefined) return true;
  if (sought !== 'res') return test(`${resource.type}:${resource.id}`);
  if (model.objects === 'keyMatch2')
    return /[:*]/.test(obj.slice(obj.indexOf('/'))) ? 'unsaid' : { id: '==', value: obj.slice(obj.indexOf(':') + 1) };
  const id = obj.slice(obj.indexOf(':') + 1);
  return model.objects === 'keyMatch' && id.endsWith('*') ? { id: 'prefix', value: id.slice(0, -1) } : { id: '==', value: id };
}

function partialSubject(name: string, model: StoreModel, graphs: Graphs, sought: Sought, question: StoreQuestion): Partial {
  const { subject } = question;
  const inGraph = (graph: RoleGraph): Partial => {
    if (sought !== 'sub') return graph.namesOf(`${subject.type}:${subject.id}`).has(name);
    const start = `${subject.type}:`;
    const members = graph.membersOf(name).filter((key) => key.startsWith(start));
    if (members.length > storeLimits.filterNodes) return 'unsaid';
    return anyOf(members.map((key) => ({ id: '==' as const, value: key.slice(start.length) })));
  };
  const { domain } = model;
  if (domain === undefined || model.roles !== 'in-domain') return inGraph(graphFor(graphs, model, ''));
  if (domain.root !== sought) return inGraph(graphFor(graphs, model, readerOf(domain)(question)));
  return inSoughtDomain(name, inGraph, graphs, (domains) => partialDomain(domain, domains, sought, question));
}

/** The domain is a property of what is sought: the subject is meant in some domains, and by its own key in all of them. */
function inSoughtDomain(
  name: string,
  inGraph: (graph: RoleGraph) => Partial,
  graphs: Graphs,
  inDomains: (domains: string[]) => Partial,
): Partial {
  const everywhere: string[] = [];
  const parts: Partial[] = [];
  if (!isRole(name)) return inGraph(emptyGraph);
  for (const [domain, graph] of graphs) {
    const part = inGraph(graph);
    if (part === true) everywhere.push(domain);
    else if (part !== false) parts.push(allOf([part, inDomains([domain])]));
    if (parts.length + everywhere.length > storeLimits.filterNodes) return 'unsaid';
  }
  return anyOf([...parts, inDomains(everywhere)]);
}
