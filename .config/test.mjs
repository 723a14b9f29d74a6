// npm test: installs what is missing and runs every check, in the order of what fails fastest.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..');
const only = process.argv.slice(2);

function run(command, args, environment = {}) {
  const started = performance.now();
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...environment } });
  if (error) console.error(error.message);
  return { ok: status === 0, seconds: (performance.now() - started) / 1000 };
}

function has(command) {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
}

/** A Chromium for the journeys: Playwright's own, the system's, or Debian's package. */
function browser() {
  const cached = spawnSync(process.execPath, ['-e', "console.log(require('@playwright/test').chromium.executablePath())"], {
    cwd: root,
    encoding: 'utf8',
  });
  if (fs.existsSync(cached.stdout.trim()) || has('chromium') || has('chromium-browser') || has('google-chrome')) return true;
  if (has('apt-get') && process.getuid?.() === 0) {
    run('sh', ['-c', 'apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core fonts-liberation']);
    if (has('chromium')) return true;
  }
  if (run('npx', ['playwright', 'install', '--with-deps', 'chromium']).ok) return true;
  console.error(
    'No browser: install Chromium (Debian: apt-get install chromium fonts-dejavu-core fonts-liberation) and run npm test again.',
  );
  return false;
}

const scenarios = fs.existsSync(path.join(root, 'public/scenarios'))
  ? fs.readdirSync(path.join(root, 'public/scenarios')).filter((name) => name.endsWith('.md'))
  : [];

const steps = [
  ['install', () => (fs.existsSync(path.join(root, 'node_modules/.package-lock.json')) ? { ok: true, seconds: 0 } : run('npm', ['ci']))],
  ['format', () => run('npx', ['prettier', '--check', '--log-level=warn', '.'])],
  ['lint', () => run('npx', ['oxlint', '--quiet'])],
  ['types', () => run('npx', ['tsc', '--noEmit'])],
  ['unit', () => run('npx', ['vitest', 'run', '--config', '.config/vitest.config.ts'])],
  ['scenarios', () => run('npm', ['run', '-s', 'scenario', '--', ...scenarios.map((name) => `public/scenarios/${name}`)])],
  ['replay', () => run(process.execPath, ['.config/replay.mjs'])],
  ['clients', () => run(process.execPath, ['.config/smoke.mjs'])],
  ['build', () => run('npx', ['vite', 'build', '--logLevel', 'warn'])],
  ['journeys', () => (browser() ? run('npx', ['playwright', 'test', '--config', 'e2e/playwright.config.ts']) : { ok: false, seconds: 0 })],
];

const results = [];
for (const [name, step] of steps) {
  if (only.length > 0 && !only.includes(name)) continue;
  console.log(`\n== ${name}`);
  const { ok, seconds } = step();
  results.push({ name, ok, seconds });
}
console.log();
for (const { name, ok, seconds } of results) console.log(`${ok ? 'passed' : 'FAILED'}  ${name} (${seconds.toFixed(0)} s)`);
const failed = results.filter(({ ok }) => !ok).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
