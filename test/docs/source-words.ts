import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from './checkout.ts';
import { filesOf } from './files.ts';

/**
 * Every string that the server, the controllers and what runs applications hold in code, and every quoted word inside of one, as SQL has them. What stands in a
 * type, or as the name of a member, is not said; nor is what a class hands to `super` that nothing makes.
 */
export function readSourceWords(): ReadonlySet<string> {
  const words = new Set<string>();
  const made = new Set<string>();
  const bySuper: { word: string; className: string }[] = [];
  for (const path of filesOf(/^(api|apps|core|controllers)\/.*\.ts$/)) {
    if (path.endsWith('.d.ts') || path === 'api/contract/pattern-messages.ts') continue;
    visit(ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest), '');
  }
  for (const { word, className } of bySuper) if (made.has(className)) words.add(word);
  return words;

  function visit(node: ts.Node, className: string): void {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node)) {
      words.add(node.text);
      for (const [, word] of node.text.matchAll(/'([\w-]+)'/g)) words.add(word!);
    }
    if (ts.isNewExpression(node) && ts.isIdentifier(node.expression)) made.add(node.expression.text);
    const inside = ts.isClassDeclaration(node) ? (node.name?.text ?? '') : className;
    const isSuper = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword;
    ts.forEachChild(node, (child) => {
      if (ts.isPropertyAssignment(node) && child === node.name) return;
      if (isSuper && ts.isStringLiteralLike(child)) bySuper.push({ word: child.text, className: inside });
      else visit(child, inside);
    });
  }
}
