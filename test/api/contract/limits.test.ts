import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { fieldPattern } from '../../../core/authorization/policy/content.ts';
import { limits } from '../../../core/authorization/policy/limits.ts';
import { isEmailAddress } from '../../../core/base/email-address.ts';
import { maxLabels } from '../../../core/base/labels.ts';
import { slugPattern } from '../../../core/base/slugs.ts';
import { isName } from '../../../core/base/text.ts';
import { root } from '../../docs/checkout.ts';

interface Schema {
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  maxItems?: number;
  maxProperties?: number;
  additionalProperties?: Schema;
  properties: Record<string, Schema>;
  items: Schema;
}

const read = (path: string) => parse(readFileSync(join(root, path), 'utf8')) as never;
const { components } = read('openapi.yaml') as { components: { schemas: Record<string, Schema> } };
const { schemas } = components;
const specs = ['organizations', 'projects'].map((name) => {
  const crd = read(`k8s/crds/${name}.yaml`) as { spec: { versions: { schema: { openAPIV3Schema: Schema } }[] } };
  return { name, spec: crd.spec.versions[0]!.schema.openAPIV3Schema.properties['spec']! };
});
const sizes = ({ minLength, maxLength }: Schema) => ({ minLength, maxLength });

describe('A limit is the same at every door', () => {
  for (const { name, spec } of specs) {
    it(`the manifest of ${name} bounds a name, a slug and an address as the contract does`, () => {
      expect(sizes(spec.properties['displayName']!)).to.deep.equal(sizes(schemas['Name']!));
      expect(sizes(spec.properties['slug']!)).to.deep.equal(sizes(schemas['Slug']!));
      expect(spec.properties['slug']!.pattern).to.equal(schemas['Slug']!.pattern);
      expect(spec.properties['members']!.items.properties['email']!.maxLength).to.equal(schemas['Email']!.maxLength);
    });
  }

  it('labels are as many, and their values as long, in the program, the contract and the manifests', () => {
    expect(schemas['Labels']!.maxProperties).to.equal(maxLabels);
    for (const { spec } of specs) {
      const { maxProperties, additionalProperties } = spec.properties['labels']!;
      expect(maxProperties).to.equal(maxLabels);
      expect(additionalProperties).to.include({ maxLength: schemas['LabelValue']!.maxLength, pattern: schemas['LabelValue']!.pattern });
    }
  });

  it('a name has as many characters in the program as in the contract', () => {
    const { minLength = 0, maxLength = 0 } = schemas['Name']!;
    const accepted = [minLength - 1, minLength, maxLength, maxLength + 1].map((length) => isName('a'.repeat(length)));
    expect(accepted).to.deep.equal([false, true, true, false]);
  });

  it('a slug has as many characters in the program as in the contract', () => {
    const { minLength = 0, maxLength = 0, pattern } = schemas['Slug']!;
    const accepted = [minLength - 1, minLength, maxLength, maxLength + 1].map((length) => slugPattern.test('a'.repeat(length)));
    expect(accepted).to.deep.equal([false, true, true, false]);
    for (const slug of ['a-b', '-a', 'a-', 'A1', 'a_b', '1a', 'a--b']) {
      expect(slugPattern.test(slug), slug).to.equal(new RegExp(pattern!, 'u').test(slug));
    }
  });

  it('an address has as many characters in the program as in the contract', () => {
    const { maxLength = 0 } = schemas['Email']!;
    const long = `a@${`${'b'.repeat(61)}.`.repeat(5)}`;
    const fill = (length: number) => `${long.slice(0, length - 4).replace(/\.$/, 'b')}.com`;
    expect([fill(maxLength), fill(maxLength + 1)].map((text) => text.length)).to.deep.equal([maxLength, maxLength + 1]);
    expect([fill(maxLength), fill(maxLength + 1)].map(isEmailAddress)).to.deep.equal([true, false]);
  });

  it('a revision has as many rows in the program as in the contract, of the same fields', () => {
    const { rows, sources } = schemas['CreatePolicyRevision']!.properties;
    expect([rows!.maxItems, sources!.maxItems]).to.deep.equal([limits.rows, limits.rows]);
    expect(schemas['PolicyField']!.pattern).to.equal(`^(\\*|${fieldPattern.source.replace(/^\^|\$$/g, '')})$`);
  });
});
