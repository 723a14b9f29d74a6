// Measures the built page in Chromium and prints one JSON object: npx tsx e2e/measure.ts [MINIONS] [REPLICAS] [SPEED]
import { spawn } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { chromium } from '@playwright/test';
import type { Page } from '@playwright/test';
import { LAUNCH } from './browser.ts';

const PORT = 4177;
const ADDRESS = `http://127.0.0.1:${PORT}/`;

export interface BrowserFigures {
  readonly minions: number;
  readonly replicas: number;
  /** From navigation to the first pods in the picture. */
  readonly liveMs: number;
  /** Script loaded by then, gzipped: the page's, and the worker's. */
  readonly pageScriptBytes: number;
  readonly workerScriptBytes: number;
  /** From Apply to all pods ready, in real time. */
  readonly rolloutMs: number;
  /** The longest task of the main thread in that time; 0 if none took 50 ms. */
  readonly longestTaskMs: number;
  readonly slowestFrameMs: number;
  readonly pageHeapBytes: number;
}

// As text: the page is to run exactly this, not what a bundler makes of it.
const WATCH = `
  measured = { tasks: [], frames: [] };
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) measured.tasks.push(entry.duration); }).observe({ type: 'longtask' });
  let last = performance.now();
  requestAnimationFrame(function frame(now) { measured.frames.push(now - last); last = now; requestAnimationFrame(frame); });
  0;`;

async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((clip) => navigator.clipboard.writeText(clip), text);
  await page.locator('.code-pane .monaco-editor').first().click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('ControlOrMeta+v');
  await page.waitForTimeout(500);
}

export async function measureBrowser(minions: number, replicas: number, speed: string): Promise<BrowserFigures> {
  const server = spawn('npx', ['vite', 'preview', '--port', String(PORT), '--strictPort', '--host', '127.0.0.1'], {
    stdio: 'ignore',
    detached: true,
  });
  try {
    for (let tries = 0; tries < 50 && !(await fetch(ADDRESS).catch(() => undefined)); tries++)
      await new Promise((resolve) => setTimeout(resolve, 200));
    const browser = await chromium.launch(LAUNCH);
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const page = await context.newPage();
    const scripts = { page: 0, worker: 0 };
    let isLive = false;
    page.on('response', (response) => {
      if (isLive || !/\.js$/.test(response.url())) return;
      void response.body().then((body) => (scripts[/\/worker-/.test(response.url()) ? 'worker' : 'page'] += gzipSync(body).length));
    });
    const started = performance.now();
    await page.goto(ADDRESS);
    await page.locator('[data-pod]').first().waitFor();
    const liveMs = performance.now() - started;
    isLive = true;
    await page.locator('[data-editor="monaco"]').waitFor();
    await page.waitForTimeout(1500);

    const apply = page.getByRole('button', { name: 'Apply', exact: true });
    await paste(page, `apiVersion: kubarium.dev/v1alpha1\nkind: Cluster\nminions: ${minions}\n`);
    await apply.click();
    const health = page.locator('.health');
    await health.getByText(`${minions + 1}/${minions + 1} machines`).waitFor({ timeout: 120_000 });
    await paste(page, deployment(replicas));
    await page.getByRole('radio', { name: speed, exact: true }).click();
    await page.evaluate(WATCH);
    const applied = performance.now();
    await apply.click();
    await health.getByText(`${replicas}/${replicas} pods`).waitFor({ timeout: 300_000 });
    const rolloutMs = performance.now() - applied;
    const measured = await page.evaluate('({ ...measured, heap: performance.memory?.usedJSHeapSize ?? 0 })');
    const { tasks, frames, heap } = measured as { tasks: number[]; frames: number[]; heap: number };
    await browser.close();
    return {
      minions,
      replicas,
      liveMs: Math.round(liveMs),
      pageScriptBytes: scripts.page,
      workerScriptBytes: scripts.worker,
      rolloutMs: Math.round(rolloutMs),
      longestTaskMs: Math.round(Math.max(0, ...tasks)),
      slowestFrameMs: Math.round(Math.max(...frames)),
      pageHeapBytes: heap,
    };
  } finally {
    process.kill(-server.pid!);
  }
}

function deployment(replicas: number): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: big }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: big } }
  template:
    metadata: { labels: { app: big } }
    spec: { containers: [{ name: big, image: 'nginx:1.27' }] }
`;
}

if (process.argv[1]?.endsWith('measure.ts')) {
  const [minions = '100', replicas = '1000', speed = 'max'] = process.argv.slice(2);
  console.log(JSON.stringify(await measureBrowser(Number(minions), Number(replicas), speed)));
}
