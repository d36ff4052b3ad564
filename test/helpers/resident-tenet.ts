import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

// Runs `tenet` commands one behind the other in this process, which has loaded them once. What a command reads of a process (arguments, variables,
// directory) is set for it, and cli/main.ts is run anew for each.

interface Asked {
  readonly args: readonly string[];
  readonly directory: string;
  readonly environment: Record<string, string>;
}

const streams = ['stdout', 'stderr'] as const;
const written: Record<(typeof streams)[number], string> = { stdout: '', stderr: '' };
for (const name of streams) {
  process[name].setMaxListeners(0);
  process[name].write = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
    written[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    const done = rest.at(-1);
    if (typeof done === 'function') setImmediate(done as () => void);
    return true;
  }) as typeof process.stdout.write;
}

let count = 0;

async function run({ args, directory, environment }: Asked): Promise<object> {
  for (const name of streams) written[name] = '';
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environment);
  process.chdir(directory);
  process.argv = [process.argv[0]!, 'tenet', ...args];
  process.exitCode = undefined;
  await import(`../../cli/main.ts?run=${++count}`);
  const code = process.exitCode ?? 0;
  process.exitCode = undefined;
  return { ...written, code };
}

async function serve(socket: Socket): Promise<void> {
  // Not by a loop over the socket, which would close it for the answer too.
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await once(socket, 'end');
  const asked = JSON.parse(text) as Asked;
  const mine = last.then(() => run(asked));
  last = mine.catch(() => undefined);
  socket.end(JSON.stringify(await mine.catch((error: Error) => ({ stdout: '', stderr: String(error.stack), code: 70 }))));
}

let last: Promise<unknown> = Promise.resolve();
createServer({ allowHalfOpen: true }, (socket) => void serve(socket)).listen(process.argv[2], () => process.send!('ready'));
process.on('disconnect', () => process.exit(0));
