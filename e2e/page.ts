import { expect, test as base } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';

/** The page as a person meets it: what they do and what they see, in their words. */
export class Kubarium {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens the page and waits for a living cluster. */
  async open(fragment = ''): Promise<void> {
    await this.page.goto(`./${fragment}`);
    await expect(this.page.getByTestId('play')).toBeEnabled();
  }

  pods(stem: string): Locator {
    return this.page.locator(`[data-pod^="${stem}"]`);
  }

  runningPods(stem: string): Locator {
    return this.page.locator(`[data-pod^="${stem}"][data-state="ready"]`);
  }

  minion(name: string): Locator {
    return this.page.locator(`[data-machine="${name}"]`);
  }

  service(name: string): Locator {
    return this.page.locator(`[data-service="${name}"]`);
  }

  workload(name: string): Locator {
    return this.page.locator(`[data-workload="${name}"]`);
  }

  async editorReady(): Promise<void> {
    await expect(this.page.locator('[data-editor="monaco"] .view-lines')).toBeVisible();
  }

  /** Replaces what is in the editor by a paste. */
  async paste(text: string): Promise<void> {
    await this.editorReady();
    await this.page.evaluate((clip) => navigator.clipboard.writeText(clip), text);
    await this.page.locator('.code-pane .monaco-editor').first().click();
    await this.page.keyboard.press('ControlOrMeta+a');
    await this.page.keyboard.press('ControlOrMeta+v');
  }

  async apply(): Promise<void> {
    await this.page.keyboard.press('ControlOrMeta+Enter');
    await expect(this.outcome).toBeVisible();
  }

  get outcome(): Locator {
    return this.page.getByTestId('outcome');
  }

  /** Types lines into the terminal on the master, and waits for the prompt after each. */
  async type(...lines: readonly string[]): Promise<void> {
    const terminal = this.page.locator('[data-terminal="t1"]');
    await expect(terminal.locator('.xterm-rows')).toContainText('#');
    await terminal.locator('.xterm-helper-textarea').focus();
    for (const line of lines) {
      await this.page.keyboard.insertText(line);
      await this.page.keyboard.press('Enter');
      await this.waitForPrompt();
    }
  }

  /** The last row with text is an empty prompt. */
  async waitForPrompt(): Promise<void> {
    await expect.poll(async () => (await this.terminalText()).trimEnd().split('\n').at(-1)?.trim()).toMatch(/[#$]$/);
  }

  async terminalText(): Promise<string> {
    const rows = await this.page.locator('[data-terminal="t1"] .xterm-rows > div').allTextContents();
    return rows
      .map((row) => row.replaceAll('\u00a0', ' ').trimEnd())
      .join('\n')
      .trimEnd();
  }

  async speed(label: string): Promise<void> {
    await this.page.getByRole('radio', { name: label, exact: true }).click();
  }

  async clockMs(): Promise<number> {
    return Number(await this.page.getByTestId('clock').getAttribute('data-ms'));
  }

  async pause(): Promise<void> {
    await this.page.getByRole('button', { name: 'Pause time' }).click();
    await expect(this.page.getByRole('button', { name: 'Let time pass' })).toBeVisible();
  }

  async play(): Promise<void> {
    await this.page.getByRole('button', { name: 'Let time pass' }).click();
  }

  /** Opens the share dialog; answers the link and the hash of the state it holds. */
  async share(): Promise<{ link: string; stateHash: string }> {
    await this.page.getByRole('button', { name: 'Share' }).click();
    const link = await this.page.getByTestId('link').inputValue();
    const stateHash = await this.page.getByTestId('state-hash').innerText();
    await this.page.keyboard.press('Escape');
    return { link, stateHash };
  }

  notice(text: string | RegExp): Locator {
    return this.page.getByRole('region', { name: 'Notices' }).getByText(text);
  }
}

/** A test with an open page; what the console says against the page fails it. */
export const test = base.extend<{ kubarium: Kubarium }>({
  kubarium: async ({ page }, use) => {
    const complaints = watchConsole(page);
    const kubarium = new Kubarium(page);
    await kubarium.open();
    await use(kubarium);
    expect(complaints, 'the console is silent').toEqual([]);
  },
});

/** Collects errors and warnings of the console, and requests to anywhere else. */
export function watchConsole(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol.startsWith('http') && hostname !== '127.0.0.1') complaints.push(`request to ${request.url()}`);
  });
  return complaints;
}

export { expect };

/** Drops a file anywhere on the page. */
export async function drop(kubarium: Kubarium, name: string, text: string): Promise<void> {
  const transfer = await kubarium.page.evaluateHandle(
    ([file, content]) => {
      const data = new DataTransfer();
      data.items.add(new File([content!], file!));
      return data;
    },
    [name, text],
  );
  const app = kubarium.page.locator('.app');
  await app.dispatchEvent('dragover', { dataTransfer: transfer });
  await app.dispatchEvent('drop', { dataTransfer: transfer });
}
