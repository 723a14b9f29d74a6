import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: { include: ['src/**/*.test.ts', 'src/**/*.test.tsx'], setupFiles: ['.config/test-setup.ts'] },
});
