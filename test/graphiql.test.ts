/** GraphiQL in a real browser, over the whole product. */
import { existsSync } from 'node:fs';
import { getOperationAST, Kind, parse, stripIgnoredCharacters } from 'graphql';
import { pino } from 'pino';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFirm } from '../src/firms/firms.ts';
import { createToken, findViewer } from '../src/firms/tokens.ts';
import { examples } from '../src/http/examples.ts';
import type { Listening } from '../src/http/listen.ts';
import { schema } from '../src/schema.ts';
import { createServer } from '../src/server.ts';
import { freshDatabase, provider } from './support/database.ts';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const hasBrowser = existsSync(executablePath);

describe.skipIf(provider !== 'sqlite')('in a browser', () => {
  test.runIf(!hasBrowser)('there is a browser to test with (set CHROMIUM to its path)', (context) => {
    const message = `There is no Chromium at ${executablePath}: set CHROMIUM to where it is.`;
    if (process.env.CI) throw new Error(message);
    // The reporter does not print why a test was skipped.
    process.stderr.write(`GraphiQL is not tested. ${message}\n`);
    context.skip(message);
  });

  describe.runIf(hasBrowser)('on a first start', () => {
    let browser: Browser;
    let listening: Listening;
    let page: Page;
    const requested: string[] = [];
    const complaints: string[] = [];

    beforeAll(async () => {
      const database = await freshDatabase();
      const { id } = await createFirm(database, 'demo');
      const { secret } = await createToken(database, { firmId: id, name: 'first', role: 'ADMIN' });
      const config = { host: '127.0.0.1', port: 0, graphiql: true };
      const logger = pino({ level: 'silent' });
      listening = await createServer({
        config,
        database,
        schema,
        logger,
        findViewer: (token) => findViewer(database, token),
        initialToken: secret,
      }).listen();
      browser = await chromium.launch({
        executablePath,
        args: [
          '--no-sandbox',
          '--disable-gpu',
          '--disable-quic',
          '--no-first-run',
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-sync',
        ],
      });
      const context = await browser.newContext();
      await context.route('**/*', (route) => {
        const { origin, protocol } = new URL(route.request().url());
        requested.push(protocol === 'http:' || protocol === 'https:' ? origin : protocol);
        return origin === new URL(listening.url).origin ? route.continue() : route.abort();
      });
      page = await context.newPage();
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(`${listening.url}/graphql`);
      await page.waitForSelector('.graphiql-execute-button');
    });

    afterAll(async () => {
      await browser?.close();
      await listening?.close();
    });

    /** Runs the operation of the tab on show; tells what was sent, what was answered, and waits until that is shown. */
    async function run() {
      const [request] = await Promise.all([
        page.waitForRequest(
          (sent) => sent.method() === 'POST' && !sent.postData()?.includes('query IntrospectionQuery'),
        ),
        page.click('.graphiql-execute-button'),
      ]);
      const answer = (await (await request.response())?.json()) as { data?: Record<string, unknown>; errors?: unknown };
      const { data = {}, errors } = answer;
      const [root = ''] = Object.keys(data);
      await expect.poll(() => page.textContent('.graphiql-response')).toContain(`"${root}"`);
      return { query: (request.postDataJSON() as { query: string }).query, root, data, errors };
    }

    /** What the editor shows. It writes spaces as others than the document has. */
    const shown = async () => (await page.textContent('.graphiql-query-editor'))?.replaceAll('\u00a0', ' ');

    test('every example stands in a tab', async () => {
      expect(await page.locator('button.graphiql-tab-button').count()).toBe(examples.length);
    });

    test.each([...examples.slice(1), ...examples.slice(0, 1)].map((example) => [example.title, example] as const))(
      'its tab opens at the first click, shows the operation and runs it as it stands: %s',
      async (_title, { query }) => {
        const operation = getOperationAST(parse(query));
        const [field] = operation?.selectionSet.selections ?? [];
        await page.click(`button.graphiql-tab-button:has-text("${operation?.name?.value}")`);
        await expect.poll(shown).toContain(query.split('\n', 1)[0]);
        // GraphiQL takes a moment to know which operation the editor holds; then it stores the document.
        await expect.poll(() => page.evaluate(() => localStorage.getItem('graphiql:query'))).toBe(query);
        const ran = await run();
        expect(ran.query).toBe(stripIgnoredCharacters(query));
        expect(ran.errors).toBeUndefined();
        expect(ran.root).toBe(field?.kind === Kind.FIELD && field.name.value);
      },
    );

    test('the upsert may be run again, and changes nothing', async () => {
      expect((await run()).data).toMatchObject({ upsertClient: { result: 'UPDATED', changedFields: [] } });
    });

    test('the answer is shown, and a reload keeps the tabs and the token', async () => {
      await expect.poll(() => page.textContent('.graphiql-response')).toContain('UPDATED');
      // GraphiQL stores its tabs a moment later, and opens one more for a document that none of those stored has.
      const isStored = () => {
        const { tabs = [], activeTabIndex = 0 } = JSON.parse(localStorage.getItem('graphiql:tabState') ?? '{}');
        return tabs[activeTabIndex]?.query === localStorage.getItem('graphiql:query');
      };
      await expect.poll(() => page.evaluate(isStored)).toBe(true);
      await page.reload();
      await page.waitForSelector('.graphiql-execute-button');
      expect(await page.locator('button.graphiql-tab-button').count()).toBe(examples.length);
      expect((await run()).errors).toBeUndefined();
    });

    test('nothing comes from anywhere else, and the browser has nothing to complain of', () => {
      expect(new Set(requested)).toEqual(new Set([new URL(listening.url).origin]));
      expect(complaints).toEqual([]);
    });
  });
});
