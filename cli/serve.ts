import { loadDevIssuer } from '../api/dev-issuer.ts';
import { startTenet } from '../api/main.ts';
import { readConfig } from '../core/config.ts';

/** Runs the server until SIGINT or SIGTERM; a second signal ends it at once. */
export async function serve(): Promise<void> {
  const config = readConfig(process.env);
  const say = (line: string): void => console.error(line);
  const started = performance.now();
  const tenet = await startTenet(config, { say });
  say(
    `Tenet is ready after ${((performance.now() - started) / 1000).toFixed(1)} s at ${tenet.url} (documentation ${tenet.url}/docs, metrics ${tenet.metricsUrl})`,
  );
  if (config.issuers.length === 0) await greet(tenet.url, config.TENET_DATA_DIR, say);

  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(130);
    stopping = true;
    say(`${signal}: finishing what is running; a second signal ends it at once`);
    tenet.stop().then(
      () => process.exit(0),
      (error) => {
        console.error('tenet: stopping failed', error);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

/** The first request of somebody who has just started it, ready to be pasted. */
async function greet(url: string, dataDir: string, say: (line: string) => void): Promise<void> {
  const issuer = await loadDevIssuer(dataDir);
  const token = await issuer.sign({ subject: 'alice@example.com', email: 'alice@example.com', name: 'Alice' });
  say('');
  say('No identity provider is configured, so a local one signs tokens for this machine. Try:');
  say('');
  say(`  export TOKEN=${token}`);
  say(`  curl -s ${url}/v1/organizations -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"name":"Acme"}'`);
  say('');
  say('Another token: npx tenet dev token --email bob@example.com');
}
