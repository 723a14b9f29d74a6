// Replays the recorded API exchanges of ../shared against `npm run serve`. Files that are known to
// differ are named in replay-open.txt, a name and the reason a line; the list may only shrink.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { startServer } from './serve.mjs';

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const golden = path.resolve(here, '../../shared/golden');
const JOBS = 16;

function openFiles() {
  const lines = fs.readFileSync(path.join(here, 'replay-open.txt'), 'utf8').split('\n');
  return new Set(lines.filter((line) => line.trim() !== '' && !line.startsWith('#')).map((line) => line.split(/\s/, 1)[0]));
}

/** What replay.mjs says of each file. */
function replay(url, token, names) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(golden, 'replay.mjs'), `--jobs=${JOBS}`, '--json', url, token, ...names], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (data) => (text += data));
    child.on('error', reject);
    child.on('close', () => {
      const lines = text.split('\n').filter((line) => line !== '');
      resolve(lines.map((line) => JSON.parse(line)).filter(({ file }) => file !== undefined));
    });
  });
}

if (!fs.existsSync(path.join(golden, 'http'))) {
  console.log('No recordings in ../shared: nothing is replayed.');
  process.exit(0);
}
const token = 'replay';
const server = await startServer(['--token', token]);
let results;
try {
  const named = process.argv.slice(2).map((name) => path.join(golden, 'http', `${name}.json`));
  results = await replay(server.url, token, named.length > 0 ? named : [path.join(golden, 'http')]);
} finally {
  await server.stop();
}
const open = openFiles();
let bad = 0;
for (const { file, pass, differences } of results) {
  if (pass === !open.has(file)) continue;
  bad++;
  if (pass) console.log(`${file} passes now: take it out of .config/replay-open.txt`);
  else for (const { step, what, difference } of differences) console.log(`${file}, step ${step}: ${what}\n  ${difference.slice(0, 2000)}`);
}
console.log(`${results.filter(({ pass }) => pass).length} of ${results.length} recorded files pass`);
process.exit(bad === 0 && results.length > 0 ? 0 : 1);
