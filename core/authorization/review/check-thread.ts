import { answer } from '../../base/thread.ts';
import type { PolicyContent } from '../policy/content.ts';
import { type Finding, PolicyError } from '../policy/findings.ts';
import { checkPolicies } from './check.ts';

answer((contents: readonly PolicyContent[]): readonly Finding[] => {
  try {
    checkPolicies(contents);
    return [];
  } catch (error) {
    if (error instanceof PolicyError) return error.findings;
    throw error;
  }
});
