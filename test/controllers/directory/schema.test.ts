import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { celRules } from '../../../controllers/directory/cel.ts';
import { parseManifests } from '../../../controllers/directory/parse.ts';
import { compile, rulesOf } from '../../../controllers/directory/schema.ts';
import { createJudge, type Manifest, schemaOf, uidOf } from '../../../controllers/directory/validate.ts';
import { organizationType, projectType } from '../../../controllers/resources/types.ts';
import { type Kube, needsKube, sharedKube } from '../../helpers/kube.ts';
import { type BadManifest, badManifests, goodManifests, organization } from './manifests.ts';

const judge = createJudge();
const textOf = (manifest: object | string): string => (typeof manifest === 'string' ? manifest : JSON.stringify(manifest));

function judgeText(manifest: object | string, before?: object | string) {
  const read = (text: string): unknown => parseManifests({ path: 'file.yaml', text }).documents[0]!.value;
  const accepted = before === undefined ? undefined : judge.judge(read(textOf(before)));
  if (accepted && accepted.outcome !== 'accepted') throw new Error('what was before must be good');
  return judge.judge(read(textOf(manifest)), accepted?.manifest);
}

/** What the directory source says of a bad manifest, sorted. */
function ours({ manifest, before }: BadManifest): string[] {
  const judged = judgeText(manifest, before);
  if (judged.outcome !== 'refused') throw new Error(`it is ${judged.outcome}`);
  return judged.faults.map(({ text }) => text).sort();
}

/** What an API server said, without the words around it, sorted. It calls the root `<nil>`, and tells when it left rules out. */
function theirs(refusal: string): string[] {
  const [, strict] = /strict decoding error: (.*)$/s.exec(refusal) ?? [];
  if (strict) return strict.split(/, (?=unknown field)/).sort();
  const [, invalid] = /The \w+ "[^"]*" is invalid:\s*(.*)$/s.exec(refusal) ?? [];
  if (invalid) {
    const faults = invalid.split(/^\* /m).map((line) => line.trim());
    return faults
      .filter((line) => line !== '' && !line.startsWith('<nil>: Invalid value: null: some validation rules were not checked'))
      .map((line) => line.replace('<nil>: Invalid value: ', ''))
      .sort();
  }
  const [, other] = /(json: cannot unmarshal.*|resource name may not be empty|no matches for kind .*)$/m.exec(refusal) ?? [];
  return [other ?? refusal];
}

describe('manifests in a directory are checked like those that an API server gets', () => {
  for (const type of [organizationType, projectType]) {
    it(`every CEL rule of ${type.plural} is restated as a function`, () => {
      expect(rulesOf(schemaOf(type)).map(({ rule }) => rule)).to.not.be.empty;
      for (const { rule } of rulesOf(schemaOf(type))) expect(celRules).to.have.property(rule);
    });
  }

  it('no restated rule has lost its CEL rule', () => {
    const rules = [organizationType, projectType].flatMap((type) => rulesOf(schemaOf(type)).map(({ rule }) => rule));
    expect(Object.keys(celRules).filter((rule) => !rules.includes(rule))).to.deep.equal([]);
  });

  it('a CEL rule that is not restated keeps the source from starting', () => {
    const schema = { type: 'object', properties: { a: { items: { 'x-kubernetes-validations': [{ rule: 'self > 1', message: 'no' }] } } } };
    expect(() => compile(schema)).to.throw('"self > 1" has no function');
  });

  it('defaults are filled in, nested ones too', () => {
    const judged = judgeText(organization({ members: null }));
    expect(judged.outcome === 'accepted' && judged.manifest.spec).to.deep.equal({
      displayName: 'Acme',
      membersPolicy: 'Additive',
      deletionPolicy: 'Retain',
      managementPolicy: 'Full',
      allowedProjects: { namespaces: { from: 'None' } },
    });
    expect(judge.pending(organizationType)).to.have.nested.property('conditions[0].reason', 'Pending');
  });

  it('the uid is always the same for a name, and another for another namespace', () => {
    const uid = uidOf(projectType, { name: 'a', namespace: 'b' });
    expect(uid).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(uidOf(projectType, { name: 'a', namespace: 'b' })).to.equal(uid);
    expect(uidOf(projectType, { name: 'a', namespace: 'c' })).not.to.equal(uid);
    // What databases hold already.
    expect(uid).to.equal('24c3769b-6203-8ee1-9e22-9641ee72fcfc');
  });

  it('the order of fields is no change, a default that is written out is none either', () => {
    const hash = (manifest: object): string | false => {
      const judged = judgeText(manifest);
      return judged.outcome === 'accepted' && judged.specHash;
    };
    expect(hash(organization({ slug: 'acme', membersPolicy: 'Additive' }))).to.equal(hash(organization({ slug: 'acme' })));
    expect(hash(organization({ slug: 'acme' }))).not.to.equal(hash(organization({ slug: 'acme2' })));
  });

  it("other tools' files may lie beside ours", () => {
    expect(judgeText('apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n').outcome).to.equal('foreign');
    expect(judgeText('apiVersion: other.dev/v1\nkind: Project\nmetadata: {name: a}\n').outcome).to.equal('refused');
  });

  for (const bad of badManifests) {
    it(`refuses ${bad.title}`, () => expect(ours(bad)).to.not.be.empty);
  }
  for (const { title, manifest } of goodManifests) {
    it(`accepts ${title}`, () => expect(judgeText(manifest)).to.have.property('outcome', 'accepted'));
  }

  describe('and an API server says the same', () => {
    let kube: Kube;
    const crds = ['organizations.tenet.dev', 'projects.tenet.dev'];
    before(async function () {
      needsKube(this);
      kube = await sharedKube();
      await kube.kubectl('apply', '--server-side', '-f', 'k8s/crds/organizations.yaml', '-f', 'k8s/crds/projects.yaml');
      await kube.kubectl('wait', '--for=condition=Established', ...crds.map((name) => `crd/${name}`), '--timeout=30s');
    });
    const remove = (kind: string) =>
      kube.kubectl('delete', `${kind.toLowerCase()}s.tenet.dev`, 'bad', '-n', 'default', '--ignore-not-found');

    for (const bad of badManifests) {
      it(`of ${bad.title}`, async function () {
        this.timeout(30_000);
        if (bad.before) await kube.apply(bad.before as object);
        try {
          expect(ours(bad)).to.deep.equal(theirs(await kube.refusal(bad.manifest)));
        } finally {
          if (bad.before) await remove((bad.before as { kind: string }).kind);
        }
      });
    }

    for (const { title, manifest } of goodManifests) {
      it(`of ${title}, filling in the same defaults`, async function () {
        this.timeout(30_000);
        const file = join(mkdtempSync(join(tmpdir(), 'tenet-good-')), 'good.yaml');
        writeFileSync(file, textOf(manifest));
        await kube.kubectl('apply', '-f', file);
        const stored = JSON.parse(await kube.kubectl('get', '-f', file, '-o', 'json')) as Manifest;
        await kube.kubectl('delete', '-f', file);
        const judged = judgeText(manifest);
        expect(judged.outcome === 'accepted' && judged.manifest.spec).to.deep.equal(stored.spec);
      });
    }
  });
});
