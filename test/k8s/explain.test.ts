import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { eventually } from '../helpers/eventually.ts';
import { type Kube, needsKube, sharedKube } from '../helpers/kube.ts';
import { runTenet } from '../helpers/tenet-process.ts';

interface Schema {
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const kinds = ['organizations', 'projects', 'policyrevisions'].map((plural) => {
  const { spec } = parse(read(`k8s/crds/${plural}.yaml`));
  return { plural, singular: spec.names.singular as string, schema: spec.versions[0].schema.openAPIV3Schema as Schema };
});
/** Every field below a schema, as `spec.members[].email`. */
const fields = ({ properties = {}, items }: Schema, path: string): { path: string; field: Schema }[] => [
  ...Object.entries(properties).flatMap(([name, field]) => {
    const own = path === '' ? name : `${path}.${name}`;
    return [{ path: own, field }, ...fields(field, own)];
  }),
  ...(items ? fields(items, `${path}[]`) : []),
];
/** The server describes these itself. */
const servers = new Set(['apiVersion', 'kind', 'metadata']);

describe('what people read about a field', () => {
  for (const { plural, schema } of kinds) {
    it(`each field of ${plural} has a sentence`, () => {
      const silent = fields(schema, '').filter(({ path, field }) => !servers.has(path) && !/^\S.*\.$/s.test(field.description ?? ''));
      expect(silent.map(({ path }) => path)).to.deep.equal([]);
    });
  }

  it('docs/operator.md and docs/policy-revisions.md name every field of a spec, with its default', () => {
    const rows = ['docs/operator.md', 'docs/policy-revisions.md'].flatMap((page) => {
      const [, table = ''] = /\| field \| default \| meaning \|\n\|[-|]+\|\n((?:\|.*\n)+)/.exec(read(page)) ?? [];
      return table.trim().split('\n');
    });
    const told = new Map(rows.map((row) => row.split(' | ')).map(([field, given]) => [/`(\w+)/.exec(field!)![1]!, given!.trim()]));
    const known = new Map(kinds.flatMap(({ schema }) => Object.entries(schema.properties!['spec']!.properties!)));
    expect([...told.keys()].sort()).to.deep.equal([...known.keys()].sort());
    for (const [name, { default: given }] of known) {
      if (typeof given === 'string') expect(told.get(name), name).to.equal(`\`${given}\``);
    }
    expect(known.get('allowedProjects')!.default).to.deep.equal({ namespaces: { from: 'None' } });
    expect(told.get('allowedProjects')).to.equal('`from: None`');
    for (const [name, { enum: values = [] }] of known)
      for (const value of values)
        expect(
          rows.find((row) => row.includes(`\`${name}\``)),
          `${name} ${value}`,
        ).to.contain(`\`${value}\``);
  });

  it('kubectl takes what tenet crds prints, and explains it in the same words', async function () {
    needsKube(this);
    const kube: Kube = await sharedKube();
    const { code, stdout } = await runTenet(['crds']);
    expect(code).to.equal(0);
    const definitions = stdout.split(/^---$/m).map((text) => parse(text) as object);
    expect(definitions).to.have.length(3);
    await kube.apply(...definitions);
    expect(await kube.kubectl('diff', ...kinds.flatMap(({ plural }) => ['-f', `k8s/crds/${plural}.yaml`]))).to.equal('');
    // A new version of a schema takes the server a moment.
    await eventually(async () => {
      for (const { singular, schema } of kinds) {
        const said = (await kube.kubectl('explain', `${singular}.spec`, '--recursive=false')).replace(/\s+/g, ' ');
        expect(said).to.contain(`DESCRIPTION: ${schema.properties!['spec']!.description}`);
        for (const { description = '' } of Object.values(schema.properties!['spec']!.properties!)) expect(said).to.contain(description);
        expect((await kube.kubectl('explain', `${singular}.status`)).replace(/\s+/g, ' ')).not.to.contain('<no description>');
      }
    });
  });
});
