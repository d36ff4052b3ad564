import { answer } from '../base/thread.ts';
import { createStoreWitness } from './store-witness.ts';

answer(createStoreWitness());
