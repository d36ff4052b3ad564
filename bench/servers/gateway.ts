import { startTenet } from '../../api/main.ts';
import { startConfiguredGateway } from '../../apps/gateway/main.ts';
import { readConfig } from '../../core/base/config.ts';
import { report } from './child.ts';

/** The way in to installed applications, with the server that it is a part of, as its environment configures both. */
const config = readConfig(process.env);
report((await startConfiguredGateway(await startTenet(config), config)).url);
