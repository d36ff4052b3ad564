import { z } from 'zod';

/** What a table of subjects of mails must be, in words. */
export const aSubjectTable = 'JSON such as {"en":{"invitation":"Join {organization}"}}, each subject one line of 200 characters at most';
const subjectTable = z.record(z.string(), z.record(z.string(), z.string().regex(/^[^\p{Cc}]{1,200}$/u)));

/** Reads a table of subjects of mails, by language and kind of mail. */
export function readSubjects(text: string, context: z.RefinementCtx): z.infer<typeof subjectTable> {
  try {
    return subjectTable.parse(JSON.parse(text));
  } catch {
    context.addIssue({ code: 'custom', message: aSubjectTable });
    return z.NEVER;
  }
}
