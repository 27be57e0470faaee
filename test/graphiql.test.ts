/** GraphiQL in a real browser, over the whole product. */
import { existsSync } from 'node:fs';
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
    let authorization: string;
    const requested: string[] = [];
    const complaints: string[] = [];

    beforeAll(async () => {
      const database = await freshDatabase();
      const { id } = await createFirm(database, 'demo');
      const { secret } = await createToken(database, { firmId: id, name: 'first', role: 'ADMIN' });
      authorization = `Bearer ${secret}`;
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

    /** Runs the operation of the tab on show, and answers what the response pane then holds. */
    async function run(): Promise<Record<string, unknown>> {
      const [answer] = await Promise.all([
        page.waitForResponse(
          (response) =>
            !response.request().postData()?.includes('IntrospectionQuery') && response.request().method() === 'POST',
        ),
        page.click('.graphiql-execute-button'),
      ]);
      return (await answer.json()) as Record<string, unknown>;
    }

    test('every example stands in a tab, and the first runs by a click, with nothing to fill in', async () => {
      const tabs = await page.locator('button.graphiql-tab-button').count();
      expect(tabs).toBe(examples.length);
      expect(await run()).toMatchObject({ data: { upsertClient: { result: 'CREATED' } } });
      expect(await run()).toMatchObject({ data: { upsertClient: { result: 'UPDATED', changedFields: [] } } });
    });

    test.each(examples.slice(1))('$title: the example runs as it stands', async ({ query, variables }) => {
      const response = await fetch(`${listening.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify({ query, variables }),
      });
      const answer = await response.json();
      expect(answer).not.toHaveProperty('errors');
      expect(answer).toHaveProperty('data');
    });

    test('the answer is shown, and a reload keeps the tabs and the token', async () => {
      await expect.poll(() => page.textContent('.graphiql-response')).toContain('UPDATED');
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
