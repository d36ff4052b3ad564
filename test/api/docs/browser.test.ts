import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from 'chai';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { needsChromium, startChromium } from '../../helpers/browser.ts';
import { eventually } from '../../helpers/eventually.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const widths = [390, 1280];
const schemes = ['light', 'dark'] as const;

/** The rules of axe whose outcome the width or the colours can change. A page without script is otherwise the same in each. */
const ofLooks = ['color-contrast', 'link-in-text-block', 'scrollable-region-focusable', 'target-size'];

/** What axe finds inside Scalar, in dialogs that neither its configuration nor a style reaches. Both pages as they open have no exception. */
const exceptions = [
  {
    rule: 'aria-required-attr',
    selector: '[role=combobox]',
    because: 'its lists are open as long as they are there, and it does not say so',
  },
  { rule: 'aria-allowed-role', selector: 'button[role=none]', because: 'browsers ignore the role: the button can have the focus' },
  { rule: 'aria-prohibited-attr', selector: 'button[role=none]', because: 'as above' },
  { rule: 'presentation-role-conflict', selector: 'button[role=none]', because: 'as above' },
  {
    rule: 'aria-valid-attr-value',
    selector: 'button[aria-label="Copy code"]',
    because: 'it controls a text that appears when it was copied',
  },
  { rule: 'aria-input-field-name', selector: '[role=dialog] .cm-content', because: 'the answer is shown in an editor without a name' },
  { rule: 'landmark-no-duplicate-main', selector: 'main', because: 'the request form is a main part of its own, above the page' },
  { rule: 'landmark-unique', selector: 'section[aria-live]', because: 'form and page both have a place for notifications' },
];

/**
 * Removes every section and every line of contents whose elements all have a shape that was seen before, which is an element within its parent, by tag and class: axe needs over
 * a minute for the whole page, which the contract makes of a few shapes. Returns how many there were and how many are left.
 */
const oneOfEachShape = `(() => {
  const seen = new Set();
  const shape = (element) => element.tagName + '.' + element.className;
  const parts = [...document.querySelectorAll('main section, nav li')];
  for (const part of parts) {
    const shapes = [part, ...part.querySelectorAll('*')].map((element) => shape(element.parentElement) + ' ' + shape(element));
    if (shapes.every((one) => seen.has(one))) part.remove();
    for (const one of shapes) seen.add(one);
  }
  return [parts.length, document.querySelectorAll('main section, nav li').length];
})()`;

const repeatedIds = `[...document.querySelectorAll('[id]')].map(({ id }) => id).filter((id, index, all) => all.indexOf(id) !== index)`;

describe('the pages of the reference, in a browser', () => {
  let browser: Browser;
  let tenet: TestTenet;
  let context: BrowserContext;
  let page: Page;
  /** What no reader may meet: a request to another origin, an error in the console, an error of a script. */
  let faults: string[];
  let permalink: string;

  before(async function () {
    const program = needsChromium(this);
    [tenet, browser] = await Promise.all([startTenet(), startChromium(program)]);
    context = await browser.newContext({ colorScheme: 'light' });
    context.setDefaultTimeout(60_000);
    // A violation that a script catches is in no console.
    await context.addInitScript(
      `document.addEventListener('securitypolicyviolation', (event) => console.error(event.violatedDirective, event.blockedURI, event.sourceFile))`,
    );
    page = await context.newPage();
    page.on('request', (request) => {
      if (!request.url().startsWith(`${tenet.url}/`) && !request.url().startsWith('data:')) faults.push(request.url());
    });
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) faults.push(message.text());
    });
    page.on('pageerror', (error) => faults.push(error.message));
  });
  after(async () => {
    await browser?.close();
    await tenet?.stop();
  });

  beforeEach(() => {
    faults = [];
  });
  afterEach(() => expect(faults).to.deep.equal([]));

  for (const scheme of schemes) {
    it(`/docs/plain is ${scheme} where the reader wants it so, fits, and has no finding of axe`, async function () {
      this.timeout(120_000);
      await page.emulateMedia({ colorScheme: scheme });
      await page.goto(`${tenet.url}/docs/plain`);
      for (const width of widths) await expectFits(scheme, width);
      expect(await page.evaluate<string[]>(repeatedIds)).to.deep.equal([]);
      const [before, after] = await page.evaluate<[number, number]>(oneOfEachShape);
      expect(after).to.be.within(5, before / 2);
      await expectEachWidth(scheme, scheme === 'light' ? undefined : ofLooks);
    });
  }

  it('/docs/plain opens at the operation that a link names', async () => {
    // From the same address it would stay the page that the tests before have shortened.
    await page.goto('about:blank');
    await page.goto(`${tenet.url}/docs/plain#createProject`);
    await expectAtTop(page.locator('#createProject h3'));
  });

  it('/docs finds an operation by its title and leads to it', async function () {
    this.timeout(120_000);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.emulateMedia({ colorScheme: 'light' });
    await open('/docs');
    await page
      .getByRole('button', { name: /search/i })
      .first()
      .click();
    await page.keyboard.type('Who you are');
    const found = page.getByRole('option', { name: /Who you are/ });
    await found.waitFor();
    expect(await findings()).to.deep.equal([]);
    await found.click();
    await page.waitForURL(/#/);
    permalink = page.url();
    await expectAtTop(page.getByRole('heading', { name: 'Who you are' }));
  });

  it('/docs is light where the reader wants it so, fits, and has no finding of axe', async function () {
    this.timeout(120_000);
    await expectEachWidth('light');
  });

  it('/docs opens at the operation that a link names, dark where the reader wants it so, fits, and has no finding of axe', async function () {
    this.timeout(120_000);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto('about:blank');
    await open(permalink.slice(tenet.url.length));
    await expectAtTop(page.getByRole('heading', { name: 'Who you are' }));
    await expectEachWidth('dark');
  });

  it('/docs has samples in several languages', async () => {
    const example = operation().getByRole('button', { name: /curl/i }).first();
    expect(await operation().textContent()).to.contain(`curl ${tenet.url}/v1/me`);
    await example.click();
    await page.getByRole('option', { name: 'Fetch' }).first().click();
    await operation().getByText(`fetch('${tenet.url}/v1/me'`).waitFor();
    await operation().getByRole('button', { name: /fetch/i }).first().click();
    await page.getByRole('option', { name: 'Requests' }).first().click();
    await operation().getByText(`requests.get("${tenet.url}/v1/me"`).waitFor();
  });

  it('/docs sends a request with the token that the reader enters', async function () {
    this.timeout(120_000);
    const { token, email } = await tenet.as('alice@example.com');
    await page.getByPlaceholder('Token').first().fill(token);
    await operation()
      .getByRole('button', { name: /Test Request/ })
      .click();
    const form = page.getByRole('dialog');
    await form.getByRole('button', { name: /^Send get request/i }).click();
    await form.getByText('200 OK').first().waitFor();
    await form.getByText(email).first().waitFor();
    expect(await findings()).to.deep.equal([]);
  });

  const operation = (): Locator =>
    page
      .locator('section')
      .filter({ has: page.getByRole('heading', { name: 'Who you are' }) })
      .last();

  async function open(path: string): Promise<void> {
    await page.goto(tenet.url + path);
    await page.getByRole('heading', { name: 'Who you are' }).waitFor();
  }

  async function expectFits(scheme: (typeof schemes)[number], width: number): Promise<void> {
    await page.setViewportSize({ width, height: 800 });
    const where = `${width} px, ${scheme}`;
    const [red = 0] = (await page.evaluate<string>('getComputedStyle(document.body).backgroundColor')).match(/\d+/g)!.map(Number);
    expect(red > 127, `light at ${where}`).to.equal(scheme === 'light');
    expect(await page.evaluate('document.documentElement.scrollWidth'), `width at ${where}`).to.equal(width);
  }

  async function expectEachWidth(scheme: (typeof schemes)[number], rules?: readonly string[]): Promise<void> {
    for (const width of widths) {
      await expectFits(scheme, width);
      expect(await findings(rules), `${width} px, ${scheme}`).to.deep.equal([]);
    }
  }

  /** What axe finds by these rules, or by all, but for the exceptions. */
  async function findings(runOnly?: readonly string[]): Promise<string[]> {
    await page.evaluate(`${axe}; 0`);
    return page.evaluate<string[]>(`(async () => {
      const exceptions = ${JSON.stringify(exceptions)};
      const how = ${JSON.stringify({ resultTypes: ['violations'], elementRef: true, selectors: false, ...(runOnly && { runOnly }) })};
      const { violations } = await axe.run(document, how);
      return violations.flatMap(({ id, nodes }) =>
        nodes
          .filter(({ element }) => !exceptions.some(({ rule, selector }) => rule === id && element.matches(selector)))
          .map(({ html, failureSummary }) => [id, html, failureSummary].join(' ')),
      );
    })()`);
  }

  /** It is what a reader sees first. */
  const expectAtTop = (element: Locator): Promise<unknown> =>
    eventually(async () => expect((await element.first().boundingBox())?.y).to.be.within(0, 400), 20_000);
});
