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
