import { ruleList } from '../core/authorization/policy/rules.ts';

/** docs/policy-rules.md: everything that the lint of policies finds, with its level and what it means. */
export function policyRulesPage(): string {
  return `# Rules of policies

<!-- Made from core/authorization/policy/rules.ts by \`npm run generate\`. -->

What \`tenet policy lint\`, \`tenet policy test\`, \`tenet policy apply\` and the API find. An **error** keeps a policy from coming into force. A **warning** asks
the reviewer to look; \`tenet policy lint --fail-on warning\` fails for it too. With \`--fix\`, lint first mends what is mechanical.

| rule | level | what it finds | \`--fix\` |
|---|---|---|---|
${ruleList.map(([id, { level, says, fix = '' }]) => `| <a id="${id}"></a>\`${id}\` | ${level} | ${says} | ${fix} |`).join('\n')}

Whether a row has an effect is no guess: the vocabulary is finite, so every row is compared with the others on every permission and level that it is about.
`;
}
