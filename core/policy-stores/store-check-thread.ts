import { answer } from '../base/thread.ts';
import { checkStore } from './store-check.ts';

answer(checkStore);
