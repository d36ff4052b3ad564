import { answer } from '../base/thread.ts';
import { review } from './review.ts';

answer(review);
