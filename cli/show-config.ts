import { describeConfig, readConfig } from '../core/base/config.ts';

/** Prints every variable with its value and meaning. */
export function showConfig(): void {
  for (const line of describeConfig(readConfig(process.env))) console.log(line);
}
