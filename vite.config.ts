import { defineConfig } from 'vitest/config';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { tabBridge } from './src/serve/tab-bridge.ts';
import { kubernetesSchema } from './src/ui/features/editor/schema/plugin.ts';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Only in the built page: the development server needs inline scripts. */
const contentSecurityPolicy: Plugin = {
  name: 'kubarium-csp',
  apply: 'build',
  transformIndexHtml: () => [
    { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY }, injectTo: 'head-prepend' },
  ],
};

export default defineConfig({
  base: './',
  plugins: [react(), kubernetesSchema(), contentSecurityPolicy, tabBridge()],
  resolve: {
    // monaco-worker-manager still imports by the paths of before monaco's exports map.
    alias: [{ find: /^monaco-editor\/esm\/vs\/(.*)$/, replacement: 'monaco-editor/$1' }],
  },
  worker: { format: 'es', plugins: () => [] },
  optimizeDeps: {
    // What is loaded late is found early, so that the first visit of the development server needs no reload.
    entries: ['index.html', 'src/worker/worker.ts', 'src/ui/features/editor/monaco.ts', 'src/ui/features/terminal/xterm.ts'],
    exclude: ['virtual:kubernetes-schema'],
  },
  build: { target: 'es2022', chunkSizeWarningLimit: 5000, modulePreload: { polyfill: false } },
  preview: { port: 4173, strictPort: true },
  test: { include: ['src/**/*.test.ts', 'src/**/*.test.tsx'] },
});
