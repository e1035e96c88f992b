import { defineConfig } from 'vitest/config'

/** The unit suite: no ComfyUI, no browser, no network beyond loopback. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/real/**', 'test/package/**'],
    environment: 'node',
    testTimeout: 10_000,
  },
})
