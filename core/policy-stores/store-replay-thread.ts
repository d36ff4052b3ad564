import { answer } from '../base/thread.ts';
import { answerReplay } from './store-replayer.ts';

answer(answerReplay);
