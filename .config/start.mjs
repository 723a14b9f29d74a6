// npm start: installs the packages once, then serves the app and opens nothing by itself.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '..');
const run = (command, args) => spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' }).status ?? 1;

if (!fs.existsSync(path.join(root, 'node_modules/.package-lock.json')) && run('npm', ['ci']) !== 0) process.exit(1);
process.exit(run('npx', ['vite', ...process.argv.slice(2)]));
