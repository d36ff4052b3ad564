import { existsSync } from 'node:fs';
import type { Context } from 'mocha';
import { type Browser, chromium } from 'playwright-core';

const usual = '/usr/bin/chromium';

/**
 * Call it first in a `before` hook: skips the suite when there is no Chromium on this machine. TENET_TEST_CHROMIUM names another program
 * than the usual one; where it is `required` (CI), a missing Chromium is a failure instead.
 */
export function needsChromium(context: Context): string {
  context.timeout(120_000);
  const given = process.env['TENET_TEST_CHROMIUM'] || undefined;
  const program = given === undefined || given === 'required' ? usual : given;
  if (existsSync(program)) return program;
  const sentence = `no Chromium for tests: there is no ${program}; install one, or name one in TENET_TEST_CHROMIUM`;
  if (given !== undefined) throw new Error(sentence);
  console.log(`      Left out here, ${sentence}`);
  return context.skip();
}

export function startChromium(program: string): Promise<Browser> {
  return chromium.launch({ executablePath: program, timeout: 90_000 });
}
