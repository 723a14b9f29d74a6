import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { chromium, type Browser, type Page } from '@playwright/test';
import { LAUNCH } from '../../e2e/browser.ts';
import { encodeLink } from '../worker/link.ts';
import { deployment } from './manifest.ts';

const PORT = 4181;
const ADDRESS = `http://127.0.0.1:${PORT}/`;
/** CoreDNS' two, which every cluster has. */
const ADDON_PODS = 2;
const REPLICAS = 1_000;
const MINIONS = 100;
const BEGIN = 'rollout begins';
const END = 'rollout ends';

/** Figures of the built page in Chromium. */
export interface BrowserFigures {
  /** The longest task of the page's main thread while 1,000 pods start on 100 minions, at ten times the speed. */
  readonly longestTaskMs: number;
  /** The same in CPU time of that thread, which other work on the machine does not lengthen. */
  readonly longestTaskCpuMs: number;
  /** From navigation to a cluster that has booted and is drawn, with an empty cache. */
  readonly liveGraphMs: number;
  /** Script that was fetched before the editor, gzipped: the page's and the worker's. */
  readonly scriptGzipBytes: number;
  readonly workerScriptGzipBytes: number;
}

/** Builds the app, serves it, and measures. */
export async function measureBrowser(): Promise<BrowserFigures> {
  const built = spawnSync('npx', ['vite', 'build', '--logLevel', 'error'], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (built.status !== 0) throw new Error('the app does not build');
  const server = spawn('npx', ['vite', 'preview', '--port', String(PORT), '--strictPort', '--host', '127.0.0.1'], {
    stdio: 'ignore',
    detached: true,
  });
  const browser = await chromium.launch(LAUNCH);
  try {
    await reachable();
    const opening = await measureOpening(browser);
    const tasks = await measureStart(browser);
    return { ...tasks, ...opening };
  } finally {
    await browser.close();
    stop(server);
  }
}

async function measureOpening(browser: Browser): Promise<Omit<BrowserFigures, keyof TaskFigures>> {
  const page = await browser.newPage();
  const scripts: string[] = [];
  let editorAsked = false;
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    editorAsked ||= pathname.includes('/monaco');
    if (pathname.endsWith('.js') && !editorAsked) scripts.push(pathname);
  });
  const started = performance.now();
  await page.goto(ADDRESS);
  await live(page);
  const liveGraphMs = performance.now() - started;
  const fetched = new Set(scripts);
  await page.close();
  let scriptGzipBytes = 0;
  let workerScriptGzipBytes = 0;
  for (const path of fetched) {
    const size = gzipSync(readFileSync(`dist${path}`)).length;
    scriptGzipBytes += size;
    if (path.includes('/worker')) workerScriptGzipBytes += size;
  }
  return { liveGraphMs: Math.round(liveGraphMs), scriptGzipBytes, workerScriptGzipBytes };
}

type TaskFigures = Pick<BrowserFigures, 'longestTaskMs' | 'longestTaskCpuMs'>;

async function measureStart(browser: Browser): Promise<TaskFigures> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const document = `masters: 1\nminions: ${MINIONS}\n`;
  const files = [{ name: 'web.yaml', text: deployment(REPLICAS) }];
  await page.goto(`${ADDRESS}#${encodeLink({ document, files, log: [], until: { event: 0, atMs: 0 }, paused: false })}`);
  await live(page);
  await page.getByRole('radio', { name: 'max', exact: true }).click();
  await page.getByText(`${MINIONS + 1}/${MINIONS + 1} machines`).waitFor({ timeout: 60_000 });
  await page.locator('[data-editor="monaco"] .view-lines').click();
  await page.getByRole('radio', { name: '10×', exact: true }).click();
  await page.waitForTimeout(1_000);
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', 'blink.user_timing'] });
  await page.waitForTimeout(500);
  await page.evaluate((name) => performance.mark(name), BEGIN);
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText(`${REPLICAS + ADDON_PODS}/${REPLICAS + ADDON_PODS} pods`).waitFor({ timeout: 120_000 });
  await page.evaluate((name) => performance.mark(name), END);
  await page.waitForTimeout(500);
  const trace = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  await context.close();
  return longestTask(trace.traceEvents);
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Milliseconds of the longest task on a renderer's main thread between the marks: starting and stopping a trace are long tasks too. */
function longestTask(events: readonly TraceEvent[]): TaskFigures {
  const mains = new Set(
    events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain').map(({ pid, tid }) => `${pid}/${tid}`),
  );
  const begin = events.find(({ name }) => name === BEGIN)!.ts;
  const end = events.find(({ name }) => name === END)!.ts;
  let longestTaskMs = 0;
  let longestTaskCpuMs = 0;
  for (const { name, pid, tid, ts, dur = 0, tdur = 0 } of events) {
    if (!name.endsWith('RunTask') || !mains.has(`${pid}/${tid}`) || ts < begin || ts + dur > end) continue;
    longestTaskMs = Math.max(longestTaskMs, dur / 1000);
    longestTaskCpuMs = Math.max(longestTaskCpuMs, tdur / 1000);
  }
  return { longestTaskMs: Math.round(longestTaskMs * 10) / 10, longestTaskCpuMs: Math.round(longestTaskCpuMs * 10) / 10 };
}

/** The cluster has booted: the clock can be used. */
async function live(page: Page): Promise<void> {
  await page.locator('[data-testid="play"]:enabled').waitFor({ timeout: 60_000 });
}

async function reachable(): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    try {
      await fetch(ADDRESS);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error('the preview server does not answer');
}

function stop(server: ChildProcess): void {
  if (server.pid !== undefined) process.kill(-server.pid);
}
