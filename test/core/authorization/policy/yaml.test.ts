import { expect } from 'chai';
import { z } from 'zod';
import { parseYaml } from '../../../../core/authorization/policy/yaml.ts';

describe('a YAML file of policies', () => {
  const schema = z.record(z.string(), z.union([z.string(), z.array(z.string())]));
  const findings = (text: string) =>
    parseYaml(text, 'blueprint.yaml', schema).findings.map(({ rule, line, message }) => ({ rule, line, message }));

  it('has a finding for each text that the database cannot keep', () => {
    const zero = 'the text must not have the character U+0000';
    const half = 'the text must not have half of a surrogate pair: it is no Unicode text';
    expect(findings('name: a\ntitle: "b\\0c"\n')).to.deep.equal([{ rule: 'yaml-value', line: 2, message: zero }]);
    expect(findings('"na\\x00me": a\nlist:\n  - "\\ud800"\n')).to.deep.equal([
      { rule: 'yaml-value', line: 1, message: zero },
      { rule: 'yaml-value', line: 3, message: half },
    ]);
  });

  it('has none for text of any script', () => {
    expect(findings('name: "\\u00e9\\U0001F600 \\n"\n')).to.deep.equal([]);
  });
});
