import { answer } from '../base/thread.ts';
import { answerPlan } from './store-planner.ts';

answer(answerPlan);
