import { storeModel } from '../../core/authorization/policy-stores/model.ts';
import type { StoreContents } from '../../core/authorization/policy-stores/types.ts';

/** Writers write what is not archived; every user reads what is public. */
export const storeFiles: StoreContents = {
  model: storeModel,
  policy: `p, role:writer, record:*, write, r.res.status != 'archived', allow
p, *, record:*, read, r.res.isPublic == true || r.res.owner == r.sub.id, allow
p, user:mallory, record:*, *, true, deny
g, user:alice, role:writer
`,
  tests: '',
};

/** A policy of which every question about a doc compares all rows, and none of which is a filter for searches. One is allowed: who owns what is first and last. */
export const dearFiles: StoreContents = {
  ...storeFiles,
  policy: [
    'p, *, doc:*, read, r.res.first == r.res.second, allow',
    ...Array.from({ length: 4_900 }, (_, index) => `p, *, doc:*, read, r.res.owner == 'u${index}' && r.res.level < ${index}, allow`),
  ].join('\n'),
};

/** How many comparisons a question to it may make: one for the object of each row, and those of its condition. */
export const dearComparisons = 2 + 3 * 4_900;
