import { configValues, describeConfig, readConfig } from '../core/base/config.ts';
import { type Format, print } from './output.ts';

/** `tenet config`. */
export function showConfig({ output }: { output: Format }): void {
  const config = readConfig(process.env);
  print(output, console.log, configValues(config), () => describeConfig(config));
}
