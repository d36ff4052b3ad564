import { getPriority, setPriority } from 'node:os';

/** Makes this process so much nicer, or less nice where that is permitted. Returns its niceness. */
export function changePriority(by: number): number {
  try {
    setPriority(Math.max(-20, Math.min(19, getPriority() + by)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SYSTEM_ERROR') throw error;
  }
  return getPriority();
}
