import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** As users import it, without a build. */
const alias = {
  'discomfort/pure': fileURLToPath(new URL('src/pure.ts', import.meta.url)),
  'discomfort/connector': fileURLToPath(new URL('src/connector.ts', import.meta.url)),
  'discomfort/testing': fileURLToPath(new URL('src/testing.ts', import.meta.url)),
  discomfort: fileURLToPath(new URL('src/index.ts', import.meta.url)),
}

/** Guards against hangs, in milliseconds. Nothing is timed by them: a busy machine may take ten times as long as usual. */
const patience = { testTimeout: 300_000, hookTimeout: 300_000, expect: { poll: { timeout: 60_000 } } }

/** They start child processes, kill them, and fill file systems: what takes its time. */
const processes = [
  'test/cli/**/*.test.ts',
  'test/server/{install,launch,up}/**/*.test.ts',
  'test/server/signals.test.ts',
  'test/server/transfer/remote-values.test.ts',
  'test/context/keys/named-context.test.ts',
  'test/context/storage/store-full.test.ts',
  'test/context/places/sweep.test.ts',
  'test/errors/raised.test.ts',
  'test/log/log.test.ts',
]

export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/real/**', 'test/page/**', 'test/package/**', 'test/parity/**', 'test/fuzz/**', ...processes],
          // Many wait for timers: one worker less than the cores would leave those idle.
          maxWorkers: 4,
          // Modules are loaded once a worker, not once a file: a third of the time. Tests put back what they change.
          isolate: false,
          ...patience,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'processes',
          include: processes,
          globalSetup: ['test/support/build-library.ts'],
          maxWorkers: 4,
          isolate: false,
          ...patience,
        },
      },
      {
        resolve: { alias },
        test: {
          // A real ComfyUI; one file after another, since they share one machine.
          name: 'real',
          include: ['test/real/**/*.test.ts'],
          globalSetup: ['test/support/build-library.ts', 'test/real/support/global-setup.ts'],
          fileParallelism: false,
          ...patience,
        },
      },
      {
        resolve: { alias },
        test: {
          // ComfyUI's own page in a Chromium, on the same kind of server.
          name: 'page',
          include: ['test/page/**/*.test.ts'],
          globalSetup: [
            'test/support/build-library.ts',
            'test/support/build-page.ts',
            'test/real/support/global-setup.ts',
          ],
          fileParallelism: false,
          ...patience,
        },
      },
      {
        resolve: { alias },
        test: {
          // The official frontends as judges of the conversion; `npm run parity` is the long form.
          name: 'parity',
          include: ['test/parity/**/*.test.ts'],
          fileParallelism: false,
          ...patience,
        },
      },
      {
        resolve: { alias },
        test: {
          // Damaged workflow files; `npm run fuzz -- 20000` is the long form.
          name: 'fuzz',
          include: ['test/fuzz/**/*.test.ts'],
          ...patience,
        },
      },
      {
        test: {
          // The packed package in an empty folder.
          name: 'package',
          include: ['test/package/**/*.test.ts'],
          ...patience,
        },
      },
    ],
  },
})
