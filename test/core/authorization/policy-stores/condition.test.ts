import { expect } from 'chai';
import { printCondition } from '../../../../core/authorization/policy-stores/condition.ts';
import { compileCondition } from '../../../../core/authorization/policy-stores/condition-evaluate.ts';
import { parseCondition } from '../../../../core/authorization/policy-stores/condition-parse.ts';
import { ConditionError } from '../../../../core/authorization/policy-stores/condition-tokens.ts';
import type { StoreQuestion } from '../../../../core/authorization/policy-stores/types.ts';

const question: StoreQuestion = {
  subject: {
    type: 'user',
    id: 'ann',
    properties: { role: 'writer', level: 3, tags: ['a', 1, null], id: 'ann@example.com', tricky: "o'clock" },
  },
  action: { name: 'read', properties: { soft: true } },
  resource: {
    type: 'record',
    id: '7',
    properties: { owner: 'ann', archived: null, meta: { stage: 'draft', 'due date': '2026-01-01' }, level: '3' },
  },
  context: { hour: 9 },
};

const holds = (text: string, about = question): boolean => compileCondition(parseCondition(text))(about);

describe('A condition of a policy store', () => {
  for (const text of [
    "r.res.owner == r.sub.id && r.act.name == 'read'",
    'r.sub.properties.id == "ann@example.com"',
    "r.sub.type == 'user' && r.res.type == 'record' && r.res.id == '7'",
    "r.res.meta.stage in ['draft', 'review'] && r.res.meta['due date'] < '2026-02-01'",
    "'a' in r.sub.tags && 1 in r.sub.tags && null in r.sub.tags",
    'r.ctx.hour >= 9 && r.ctx.hour < 18 && -1.5 < r.ctx.hour',
    'r.act.soft == true && has r.res.archived && r.res.archived == null',
    "!(r.res.owner == 'bo') && !has r.res.nothing",
    "r.sub.tricky == 'o\\'clock'",
    "false || r.res.owner == 'bo' || r.sub.level == 3 && true",
  ]) {
    it(`holds: ${text}`, () => {
      expect(holds(text)).to.equal(true);
      expect(holds(printCondition(parseCondition(text)))).to.equal(true);
    });
  }

  // What stock Casbin answers otherwise; each was seen.
  for (const [text, why] of [
    ['r.sub.missing == r.res.missing', 'what is missing equals nothing'],
    ["r.sub.missing != 'x'", 'what is missing differs from nothing'],
    ["r.sub.missing.deeper == 'x'", 'a member of what is missing is missing'],
    ["r.sub.role.length == 'x'", 'a text has no members'],
    ['r.sub.level == r.res.level', '3 is not "3"'],
    ["r.sub.level == '3'", '3 is not "3"'],
    ['r.sub.tags == r.sub.tags', 'lists are not compared'],
    ["r.sub.tags != 'a'", 'a list is not unequal'],
    ["r.res.meta != 'a'", 'an object is not unequal'],
    ['r.sub.role < 5', 'a text is not less than a number'],
    ['has r.sub.constructor', 'what is inherited is not there'],
    ['has r.sub.__proto__', 'what is inherited is not there'],
    ["r.sub.constructor.name == 'Object'", 'what is inherited is not there'],
    ["has r.sub.tags['0']", 'a list is not entered'],
    ["'wri' in r.sub.role", 'a part of a text is no element'],
  ] as const) {
    it(`does not hold, and does not throw: ${text}, because ${why}`, () => {
      expect(holds(text)).to.equal(false);
    });
  }

  it('looks at own keys that JSON can have', () => {
    const properties = JSON.parse('{"__proto__": "x", "constructor": {"name": "y"}}') as Record<string, unknown>;
    const about = { ...question, subject: { ...question.subject, properties } };
    expect(holds("r.sub.__proto__ == 'x' && r.sub.constructor.name == 'y'", about)).to.equal(true);
  });

  it('takes parentheses after in for a list, and ! for nothing less than its parentheses', () => {
    expect(holds("r.sub.role in ('reader', 'writer') && r.ctx.hour == 9")).to.equal(true);
    expect(holds("!(r.sub.role in ('reader')) && r.ctx.hour == 9")).to.equal(true);
  });

  it('is printed in one spelling, which reads as the same', () => {
    const printed = printCondition(
      parseCondition('  ((r.res.owner=="a")&&(r.sub.level>1))||( !(has r.sub.x) && r.res["owner"] in ("a" , 2) )'),
    );
    expect(printed).to.equal("r.res.owner == 'a' && r.sub.level > 1 || !has r.sub.x && r.res.owner in ['a', 2]");
    expect(printCondition(parseCondition(printed))).to.equal(printed);
    expect(printCondition(parseCondition('r.sub.properties.name == 1 && r.sub.properties.type == 1'))).to.equal(
      'r.sub.name == 1 && r.sub.properties.type == 1',
    );
  });

  it('orders texts by code points, as PostgreSQL does', () => {
    const about = (owner: string) => ({ ...question, resource: { ...question.resource, properties: { owner } } });
    expect(holds("r.res.owner > '\ufffd'", about('\u{1f600}'))).to.equal(true);
    expect(holds("r.res.owner < '\u{1f600}'", about('\ue000'))).to.equal(true);
  });

  const long = `${'('.repeat(21)}true${')'.repeat(21)}`;
  for (const [text, message] of [
    ['', 'at character 1: it is empty; write true'],
    ["r.sub.role.repeat(1000000) == 'x'", 'at character 18: nothing may be called'],
    ["regexMatch(r.sub.role, '(a+)+$')", 'at character 1: expected r.sub, r.res, r.act, r.ctx or a value'],
    ["eval('1')", 'expected r.sub'],
    ["r.sub.role = 'x'", 'at character 12: = means nothing'],
    ["r.sub.role == 'x'; true", 'at character 18: ; means nothing'],
    ['r.sub.role == $1', 'at character 15: $ means nothing'],
    ['r.sub.level + 1 == 2', 'at character 13: + means nothing'],
    ['r.sub == r.res', 'r.sub is followed by the name of a property'],
    ["r.sub.id.length == 'x'", 'r.sub.id has no properties'],
    ["r.usr.role == 'x'", 'expected sub, res, act or ctx after r.'],
    ["s.sub.role == 'x'", 'expected r.sub'],
    ['1 == 1', 'it compares two constants'],
    ["'a' in ['a']", 'it looks for a constant in a list of constants'],
    ['r.sub.level < null', 'null is neither less nor greater'],
    ['r.sub.open', 'expected ==, !=, <, <=, >, >= or in'],
    ['!r.sub.open == true', 'expected ( or has after !'],
    ['r.sub.a == 1 == true', 'expected &&, || or the end'],
    ['r.sub.a == 1 and true', 'expected &&, || or the end, found and'],
    ['(r.sub.a == 1', '( is not closed'],
    ["r.sub.a == ')('", ') closes nothing, also where it stands in a text'],
    ["r.sub.a == 'x", "the text has no closing '"],
    ["r.sub.a == 'x\\n'", 'after \\ only'],
    ['r.sub.a == 01', '01 is not a number'],
    ['r.sub.a == 1e999', '1e999 is not a number'],
    ['r.sub.a == 9007199254740993', 'too large to be kept exactly'],
    ["r.sub.r\u043ele == 'x'", 'U+043E means nothing'],
    ["r.sub.role\u00a0== 'x'", 'U+00A0 means nothing'],
    ["r.sub.role == 'ad\u200bmin'", 'a character that cannot be seen'],
    ["r.sub.role == 'ad\u202emin'", 'a character that cannot be seen'],
    ["r.sub.role == 'ad\ud800min'", 'a character that cannot be seen'],
    [long, 'nested more than 20 deep'],
    [`${'!'.repeat(21)}true`, 'nested more than 20 deep'],
    [Array.from({ length: 51 }, () => 'true').join('&&'), 'more than 50 comparisons'],
    [`r.sub.a in [${Array.from({ length: 101 }, () => 1).join(',')}]`, 'more than 100 elements'],
    [`r.sub${'.a'.repeat(9)} == 1`, 'more than 8 keys deep'],
    [`r.sub.${'a'.repeat(65)} == 1`, 'more than 64 characters'],
    [`r.sub.a == '${'a'.repeat(257)}'`, 'a text has more than 256 characters'],
    [`true${' '.repeat(1_000)}`, 'more than 1000 characters'],
    ['('.repeat(900), 'nested more than 20 deep|is not closed'],
  ] as const) {
    it(`refuses ${text.length > 60 ? `${text.slice(0, 60)}...` : JSON.stringify(text)}: ${message}`, () => {
      const faults = message.split('|');
      expect(() => parseCondition(text))
        .to.throw(ConditionError)
        .that.satisfies((error: Error) => faults.some((fault) => error.message.includes(fault)), `another message than ${message}`);
    });
  }
});
