// Starts `npm run serve` on a free port for tests.
import { spawn } from 'node:child_process';
import path from 'node:path';

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const root = path.resolve(here, '..');
const READY_WITHIN_MS = 120_000;

/**
 * Resolves once the server says that it is ready: its address, the kubeconfig it wrote, and how to
 * stop it, which rejects unless it ends cleanly.
 */
export function startServer(options = []) {
  const tsx = path.join(root, 'node_modules/tsx/dist/cli.mjs');
  const child = spawn(process.execPath, [tsx, path.join(root, 'src/serve/main.ts'), '--port', '0', ...options], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let text = '';
    const ended = new Promise((end) => child.on('close', (code, signal) => end({ code, signal })));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the server was not ready in time:\n${text}`));
    }, READY_WITHIN_MS);
    const read = (data) => {
      text += data;
      const ready = /^ready: (\S+) kubeconfig: (.+)$/m.exec(text);
      if (!ready) return;
      clearTimeout(timer);
      resolve({
        url: ready[1],
        kubeconfig: ready[2],
        async stop() {
          child.kill('SIGTERM');
          const { code, signal } = await ended;
          if (code !== 0) throw new Error(`the server ended with ${signal ?? code}:\n${text}`);
        },
      });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', (data) => {
      text += data;
      process.stderr.write(data);
    });
    ended.then(({ code, signal }) => {
      clearTimeout(timer);
      reject(new Error(`the server ended with ${signal ?? code} before it was ready:\n${text}`));
    });
  });
}
