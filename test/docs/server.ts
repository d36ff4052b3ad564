import { expect } from 'chai';
import { startTenet, type TestTenet } from '../helpers/tenet.ts';
import { type Checkout, copyCheckout } from './checkout.ts';

/** What the pages call the server that their commands need. */
const shownUrl = 'http://127.0.0.1:8080';

/** Has a server and a copy of the checkout for the tests of a `describe`. */
export function useServer(): {
  tenet(): TestTenet;
  /** Runs a script in the checkout, with the server in the place of the one that pages name and in $TENET; returns what it prints. */
  run(script: string, environment?: Record<string, string>): Promise<string>;
} {
  let tenet: TestTenet;
  let checkout: Checkout;

  before(async function () {
    this.timeout(120_000);
    tenet = await startTenet();
    checkout = copyCheckout();
  });
  after(async () => {
    await checkout?.remove();
    await tenet?.stop();
  });

  return {
    tenet: () => tenet,
    async run(script, environment = {}) {
      const { code, output, errors } = await checkout.run(script.replaceAll(shownUrl, tenet.url), {
        TENET: tenet.url,
        TENET_DATA_DIR: tenet.dataDir,
        ...environment,
      });
      expect(code, errors).to.equal(0);
      return output;
    },
  };
}
