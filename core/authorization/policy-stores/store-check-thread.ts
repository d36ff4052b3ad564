import { answer } from '../../base/thread.ts';
import { reviewStore } from './store-review.ts';

answer(reviewStore);
