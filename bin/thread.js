// A thread whose file is TypeScript, in a checkout: the loader of the process does not come along by itself (core/base/thread.ts).
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
await import(workerData.entry);
