import { defineConfig } from 'vitest/config';

const support = 'test/support';

/** The same tests on both databases, and once only what needs none (`*.unit.test.ts`). */
export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        test: { name: 'unit', include: ['test/**/*.unit.test.ts'], globalSetup: `${support}/generate.ts` },
      },
      ...['sqlite', 'postgres'].map((name) => ({
        test: {
          name,
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.unit.test.ts'],
          globalSetup: [`${support}/generate.ts`, `${support}/${name}.ts`],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      })),
    ],
  },
});
