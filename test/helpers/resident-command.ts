import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What takes the place of the `tenet` command in a script: it hands its arguments on and ends as the command did. */
const client = `import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
const socket = connect({ path: process.argv[2], allowHalfOpen: true });
socket.end(JSON.stringify({ args: process.argv.slice(3), directory: process.cwd(), environment: process.env }));
const { stdout, stderr, code } = JSON.parse(await text(socket));
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = code;
`;

/** A `tenet` command for scripts that call it often: one process stays and does what they ask, so that it is loaded once. */
export async function startResidentCommand(directory: string): Promise<{ readonly command: string; stop(): Promise<void> }> {
  const [socket, script] = [join(directory, 'tenet.sock'), join(directory, 'tenet.mjs')];
  writeFileSync(script, client);
  const resident = fork(fileURLToPath(new URL('resident-tenet.ts', import.meta.url)), [socket], { execArgv: ['--import', 'tsx'] });
  const ended = once(resident, 'exit');
  await Promise.race([once(resident, 'message'), ended.then(() => Promise.reject(new Error('the resident command ended')))]);
  return {
    command: `node ${script} ${socket}`,
    async stop() {
      resident.disconnect();
      await ended;
    },
  };
}
