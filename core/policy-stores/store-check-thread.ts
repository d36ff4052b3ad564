import { checkStoreContents } from '../authorization/policy-stores/store.ts';
import { answer } from '../base/thread.ts';

answer(checkStoreContents);
