import { type Finding, mostFindings } from '../../core/authorization/policy/findings.ts';

/** What lint has found: how much of it there is, and the first of it. */
export function lintReply(findings: readonly (Finding & { readonly pointer?: string })[]) {
  const errors = findings.filter(({ level }) => level === 'error').length;
  const shown = findings.slice(0, mostFindings).map(({ rule, level, message, file, line, pointer }) => ({
    rule,
    level: level === 'error' ? ('ERROR' as const) : ('WARNING' as const),
    message,
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
    ...(pointer !== undefined && { pointer }),
  }));
  return { status: 200, body: { errors, warnings: findings.length - errors, findings: shown } } as const;
}
