import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { binaryPath, isBuilt, kubernetesVersion } from './binary.ts';
import { startServer } from './server.ts';

if (!isBuilt()) {
  console.error('There is no API server yet: run `npm run kube:build` first (once, 4 to 8 minutes).');
  process.exit(1);
}
const server = await startServer();
// A stable name, so that the line below can stay in a shell's history.
const kubeconfig = resolve('.tenet', 'kubeconfig');
mkdirSync(dirname(kubeconfig), { recursive: true });
writeFileSync(kubeconfig, readFileSync(server.kubeconfig.admin), { mode: 0o600 });
console.log(`kube-apiserver ${kubernetesVersion} listens at ${server.url}; its data is gone when you stop it (Ctrl-C). For other terminals:

  export KUBECONFIG=${kubeconfig}
  alias kubectl="${binaryPath()} kubectl"
`);

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, async () => {
    if (stopping) return;
    stopping = true;
    await server.stop();
    process.exit(0);
  });
}
setInterval(() => {}, 1 << 30);
