import {defineConfig} from 'vitest/config';

/*
 * A test file's name says what it needs:
 *   *.test.ts       nothing but this process
 *   *.e2e.test.ts   the built binary and the file broker
 *   *.real.test.ts  real servers, started by test/brokers
 */
const suffixes = {e2e: 'test/**/*.e2e.test.ts', real: 'test/**/*.real.test.ts'};

export default defineConfig({
  test: {
    projects: [
      {test: {name: 'unit', include: ['test/**/*.test.ts'], exclude: Object.values(suffixes), testTimeout: 30_000}},
      {test: {name: 'e2e', include: [suffixes.e2e], testTimeout: 30_000}},
      {test: {name: 'real', include: [suffixes.real], testTimeout: 120_000, hookTimeout: 120_000}},
    ],
  },
});
