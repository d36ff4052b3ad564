import { startTenet } from '../../api/main.ts';
import { readConfig } from '../../core/base/config.ts';
import { report } from './child.ts';

/** The server as its environment configures it. */
const { url } = await startTenet(readConfig(process.env));
report(url);
