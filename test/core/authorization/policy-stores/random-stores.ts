import fc from 'fast-check';
import type { StoreQuestion } from '../../../../core/authorization/policy-stores/types.ts';

/** Random policies of stores, and questions that are about the few names and values which they speak of. */

const types = ['doc', 'folder', 'route'];
const actions = ['read', 'write', 'share'];
const roles = ['role:a', 'role:b', 'role:c', 'role:d'];
const subjects = ['user:ann', 'user:bo', 'app:ann'];
const tenants = ['t1', 't2', 't3'];
const keys = ['owner', 'level', 'tags', 'open', 'meta', 'tenant', 'id', '__proto__', 'constructor'];
const texts = ['ann', 'bo', 'red', 't1', 't2', "o'", 'a, b', '\u{1f600}', '\ufffd', ''];

const scalar = fc.oneof(
  fc.constantFrom<string | number | boolean | null>(...texts),
  fc.constantFrom(0, 1, -1.5, 10),
  fc.boolean(),
  fc.constant(null),
);
const value = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 2, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.dictionary(fc.constantFrom('owner', 'level', 'in'), scalar, { maxKeys: 2 }) },
);
const properties = fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 6 });

const literal = scalar.map((one) => (typeof one === 'string' ? `'${one.replaceAll(/[\\']/g, '\\$&')}'` : String(one)));
const path = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom('r.sub.id', 'r.res.id', 'r.res.type', 'r.sub.type', 'r.act.name') },
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.constantFrom('r.sub', 'r.res', 'r.act', 'r.ctx'), fc.constantFrom(...keys), fc.constantFrom('', '', '.owner', "['in']"))
      .map(([root, key, more]) => `${root}${key === 'id' && root !== 'r.ctx' ? '.properties' : ''}.${key}${more}`),
  },
);
const term = fc.oneof(
  fc.tuple(path, fc.constantFrom('==', '!='), fc.oneof(literal, path)).map((parts) => parts.join(' ')),
  fc
    .tuple(path, fc.constantFrom('<', '<=', '>', '>='), fc.oneof(path, fc.constantFrom('1', "'bo'", '-1.5', "'\u{1f600}'")))
    .map((parts) => parts.join(' ')),
  fc.tuple(literal, fc.constantFrom('==', '!='), path).map((parts) => parts.join(' ')),
  fc
    .tuple(path, fc.array(literal, { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([left, list, isRound]) => `${left} in ${isRound ? `(${list.join(', ')})` : `[${list.join(', ')}]`}`),
  fc.tuple(fc.oneof(path, literal), path).map(([left, list]) => `${left} in ${list}`),
  path.map((one) => `has ${one}`),
  fc.constantFrom('true', 'false'),
);

/** The text of a condition. */
export const condition: fc.Arbitrary<string> = fc.letrec<{ any: string; all: string; unary: string }>((tie) => ({
  any: fc.oneof(
    { weight: 3, arbitrary: tie('all') },
    { weight: 1, arbitrary: fc.tuple(tie('all'), tie('all')).map((parts) => parts.join(' || ')) },
  ),
  all: fc.oneof(
    { weight: 3, arbitrary: tie('unary') },
    { weight: 1, arbitrary: fc.tuple(tie('unary'), tie('unary')).map((parts) => parts.join(' && ')) },
  ),
  unary: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { weight: 5, arbitrary: term },
    { weight: 1, arbitrary: tie('any').map((inner) => `(${inner})`) },
    { weight: 1, arbitrary: tie('any').map((inner) => `!(${inner})`) },
  ),
})).any;

const quoted = (text: string): string => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The accepted models. */
interface Shape {
  readonly objects: 'equal' | 'keyMatch' | 'keyMatch2';
  readonly roles: 'none' | 'everywhere' | 'in-domain';
  readonly hasDomain: boolean;
  readonly hasCondition: boolean;
  readonly hasEffect: boolean;
  readonly root: 'sub' | 'res' | 'ctx';
  readonly evaluates: boolean;
}

const shape: fc.Arbitrary<Shape> = fc.record({
  objects: fc.constantFrom('equal' as const, 'keyMatch' as const, 'keyMatch' as const, 'keyMatch2' as const),
  roles: fc.constantFrom('none' as const, 'everywhere' as const, 'everywhere' as const, 'in-domain' as const),
  hasDomain: fc.boolean(),
  hasCondition: fc.constantFrom(true, true, true, false),
  hasEffect: fc.constantFrom(true, true, true, false),
  root: fc.constantFrom('sub' as const, 'res' as const, 'ctx' as const),
  evaluates: fc.boolean(),
});

function modelOf({ objects, roles, hasDomain, hasCondition, hasEffect, root, evaluates }: Shape): string {
  const fields = ['sub', hasDomain && 'dom', 'obj', 'act', hasCondition && 'cond', hasEffect && 'eft'].filter(Boolean);
  const subject = { none: 'r.sub.key == p.sub', everywhere: 'g(r.sub.key, p.sub)', 'in-domain': `g(r.sub.key, p.sub, r.${root}.tenant)` }[
    roles
  ];
  const object = objects === 'equal' ? 'r.res.key == p.obj' : `${objects}(r.res.key, p.obj)`;
  const parts = [
    `(p.obj == "*" || ${object})`,
    hasCondition && (evaluates ? 'eval(p.cond)' : 'cond(p.cond, r.sub, r.res, r.act, r.ctx)'),
    '(p.act == "*" || r.act.name == p.act)',
    hasDomain && `(p.dom == "*" || r.${root}.tenant == p.dom)`,
    `(p.sub == "*" || ${subject})`,
  ].filter(Boolean);
  return [
    '[request_definition]',
    'r = sub, res, act, ctx',
    '[policy_definition]',
    `p = ${fields.join(', ')}`,
    ...(roles === 'none' ? [] : ['[role_definition]', `g = _, _${roles === 'in-domain' ? ', _' : ''}`]),
    '[policy_effect]',
    `e = some(where (p.eft == allow))${hasEffect ? ' && !some(where (p.eft == deny))' : ''}`,
    '[matchers]',
    `m = ${parts.join(' && ')}`,
  ].join('\n');
}

const objectsOf: Readonly<Record<Shape['objects'], readonly string[]>> = {
  equal: ['*', 'doc:1', 'doc:2', 'folder:1', 'route:/a'],
  keyMatch: ['*', 'doc:*', 'doc:1', 'folder:*', 'route:/a/*', 'route:/*', 'doc:2'],
  keyMatch2: ['*', 'doc:/*', 'route:/a', 'route:/a/:x', 'route:/:x/b', 'route:/a/*'],
};

/** The texts of a store. Its roles have roles in the order of their names, so that there is no circle. */
export const store: fc.Arbitrary<{ model: string; policy: string }> = shape.chain((one) => {
  const row = fc.record({
    sub: fc.constantFrom('*', ...subjects, ...(one.roles === 'none' ? [] : [...roles, ...roles])),
    dom: fc.constantFrom('*', ...tenants),
    obj: fc.constantFrom(...objectsOf[one.objects]),
    act: fc.constantFrom('*', ...actions),
    cond: fc.oneof({ weight: 1, arbitrary: fc.constant('true') }, { weight: 3, arbitrary: condition }),
    eft: fc.constantFrom('allow', 'allow', 'allow', 'deny'),
  });
  const link = fc
    .tuple(fc.constantFrom(...subjects, 'user:cy', ...roles), fc.constantFrom(...roles), fc.constantFrom(...tenants))
    .filter(([member, role]) => member < role || !member.startsWith('role:'));
  return fc.tuple(fc.array(row, { minLength: 1, maxLength: 8 }), fc.array(link, { maxLength: 8 })).map(([rows, links]) => {
    const lines = rows.map(({ sub, dom, obj, act, cond, eft }) =>
      [
        'p',
        sub,
        ...(one.hasDomain ? [dom] : []),
        obj,
        act,
        ...(one.hasCondition ? [quoted(cond)] : []),
        ...(one.hasEffect ? [eft] : []),
      ].join(', '),
    );
    const given = links.map(([member, role, tenant]) => ['g', member, role, ...(one.roles === 'in-domain' ? [tenant] : [])].join(', '));
    return { model: modelOf(one), policy: [...new Set([...lines, ...(one.roles === 'none' ? [] : given)])].join('\n') };
  });
});

const subject = fc.record({
  type: fc.constantFrom('user', 'user', 'app', 'role'),
  id: fc.constantFrom('ann', 'bo', 'cy', 'a', ''),
  properties,
});
const resource = fc.record({
  type: fc.constantFrom(...types, 'other'),
  id: fc.constantFrom('1', '2', '12', '/a', '/a/b', '/a/b/c', '/c/b', '/a/b\n'),
  properties,
});

/** What is asked of any of them. */
export const question: fc.Arbitrary<StoreQuestion> = fc.record({
  subject,
  action: fc.record({ name: fc.constantFrom(...actions, 'other', '*', ''), properties }),
  resource,
  context: properties,
});
