import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const support = 'test/support';

// Vite would take the `module` build of graphql for our files while Node takes `main` for the libraries': two copies,
// each refusing the other's schema.
const resolve = { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] };

// Projects take nothing from the configuration around them.
const patient = {
  testTimeout: 30_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 10_000 } },
  setupFiles: [`${support}/properties.ts`],
};

/** The same tests on both databases, and once only what needs none (`*.unit.test.ts`). */
export default defineConfig({
  resolve,
  test: {
    // By default a machine of two cores gets one: much of the time goes to waiting for a database or a process.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        resolve,
        test: {
          name: 'unit',
          include: ['test/**/*.unit.test.ts'],
          globalSetup: `${support}/generate.ts`,
          ...patient,
        },
      },
      ...['sqlite', 'postgres'].map((name) => ({
        resolve,
        test: {
          name,
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.unit.test.ts'],
          globalSetup: [`${support}/generate.ts`, `${support}/${name}.ts`],
          ...patient,
        },
      })),
    ],
  },
});
