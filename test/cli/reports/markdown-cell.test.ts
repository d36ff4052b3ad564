import { expect } from 'chai';
import { cellOf } from '../../../cli/reports/markdown-cell.ts';

describe('text in a cell of Markdown', () => {
  const cells: Record<string, string> = {
    'platform/policy.csv:12 is gone': 'platform/policy.csv:12 is gone',
    'a | b': 'a &#124; b',
    '<img src=x>': '&lt;img src=x>',
    '![x](y)': '&#33;&#91;x&#93;(y)',
    '`a` **b** __c__ ~~d~~': '&#96;a&#96; &#42;&#42;b&#42;&#42; &#95;&#95;c&#95;&#95; &#126;&#126;d&#126;&#126;',
    '&lt;': '&amp;lt;',
    'https://example.com and WWW.example.com': 'https&#58;//example.com and WWW&#46;example.com',
    'a\r\n\u001b[2J\u202eb': 'a &#91;2J b',
  };
  for (const [text, cell] of Object.entries(cells))
    it(`is no markup: ${JSON.stringify(text)}`, () => {
      expect(cellOf(text)).to.equal(cell);
    });
});
