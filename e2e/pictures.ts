// Makes the README's pictures from the built page: npm run screenshots
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import type { Browser, Page } from '@playwright/test';
import { LAUNCH } from './browser.ts';

const PORT = 4179;
const ADDRESS = `http://127.0.0.1:${PORT}/`;
const SIZES = [
  [1440, 900],
  [1024, 768],
  [390, 844],
] as const;

async function open(browser: Browser, width: number, height: number, colorScheme: 'light' | 'dark'): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme });
  await page.goto(ADDRESS);
  await page.locator('[data-pod][data-state="ready"]').nth(2).waitFor();
  return page;
}

async function type(page: Page, line: string): Promise<void> {
  await page.locator('[data-terminal="t1"] .xterm-helper-textarea').focus();
  await page.keyboard.insertText(line);
  await page.keyboard.press('Enter');
}

/** Something to look at: a rollout under way, a pod that waits for a minion, one whose image does not exist. */
async function makeBusy(page: Page): Promise<void> {
  await page.locator('[data-terminal="t1"] .xterm-rows').getByText('#').first().waitFor();
  await page.locator('[data-editor="monaco"]').waitFor();
  await type(page, 'kubectl scale deployment web --replicas=6');
  await page.waitForTimeout(700);
  await type(page, 'kubectl create deployment shop --image=nginx:9.99 --replicas=2');
  await page.waitForTimeout(900);
  await type(page, 'kubectl get pods');
  await page.waitForTimeout(1500);
}

async function main(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const server = spawn('npx', ['vite', 'preview', '--port', String(PORT), '--strictPort', '--host', '127.0.0.1'], {
    stdio: 'ignore',
    detached: true,
  });
  try {
    for (let tries = 0; tries < 50 && !(await fetch(ADDRESS).catch(() => undefined)); tries++)
      await new Promise((resolve) => setTimeout(resolve, 200));
    const browser = await chromium.launch(LAUNCH);
    for (const [width, height] of SIZES) {
      for (const scheme of ['light', 'dark'] as const) {
        const page = await open(browser, width, height, scheme);
        if (width > 760) {
          await makeBusy(page);
          await page.getByRole('complementary', { name: 'Welcome' }).getByRole('button', { name: 'Close' }).click();
          await page.waitForTimeout(500);
        }
        await page.screenshot({ path: join(folder, `${width}-${scheme}.png`) });
        await page.close();
      }
    }
    await browser.close();
  } finally {
    process.kill(-server.pid!);
  }
}

await main(process.argv[2] ?? '.pictures');
