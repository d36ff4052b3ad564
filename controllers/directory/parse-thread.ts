import { answer } from '../../core/base/thread.ts';
import { parseManifests } from './parse.ts';

answer(parseManifests);
