import { answer } from '../base/thread.ts';
import { type ReviewOutcome, type ReviewTask, review } from './review.ts';
import { type FilesTask, type LookedFiles, reviewFiles } from './review-files.ts';

answer<ReviewTask | FilesTask, ReviewOutcome | LookedFiles>((task) => ('files' in task ? reviewFiles(task) : review(task)));
