import { expect, test } from './page.ts';
import { Kubarium } from './page.ts';

const POD = (name: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\nspec:\n  containers:\n  - name: main\n    image: nginx:1.27\n`;

test('broken YAML is refused at its line, and what was sound is said to be applied', async ({ kubarium }) => {
  await kubarium.paste(`${POD('sound')}---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: broken\n    labels: [\n`);
  await kubarium.apply();
  await expect(kubarium.outcome).toContainText('pod/sound created');
  await expect(kubarium.outcome).toContainText('failed');
  await expect(kubarium.outcome).toContainText('1 of 2 documents applied');
  await expect(kubarium.page.locator('.squiggly-error').first()).toBeVisible();
});

for (const [what, manifest, message, line] of [
  ['an unknown kind', 'apiVersion: v1\nkind: Podd\nmetadata:\n  name: x\n', /no matches for kind "Podd" in version "v1"/, undefined],
  ['an unknown field', `${POD('x')}    imagee: typo\n`, /unknown field "spec.containers\[0\].imagee"/, 9],
  ['a wrong type', 'apiVersion: apps/v1\nkind: ReplicaSet\nmetadata:\n  name: x\nspec:\n  replicas: many\n', /replicas/, 6],
  ['an invalid name', POD('Not_A_Name'), /Invalid value: "Not_A_Name"/, 4],
] as const) {
  test(`${what} is refused by the API server and marked in the file`, async ({ kubarium }) => {
    await kubarium.paste(manifest);
    await kubarium.apply();
    await expect(kubarium.outcome).toContainText('failed');
    await expect(kubarium.outcome).toContainText(message);
    if (line !== undefined) await expect(kubarium.outcome).toContainText(`line ${line}`);
    await kubarium.page.getByRole('tab', { name: /Problems/ }).click();
    await expect(kubarium.page.getByRole('list', { name: 'Problems' })).toContainText(message);
    await expect(kubarium.runningPods('web-')).toHaveCount(3);
  });
}

test('the second of two objects with the same name configures the first', async ({ kubarium }) => {
  await kubarium.paste(`${POD('twin')}---\n${POD('twin')}`);
  await kubarium.apply();
  await expect(kubarium.outcome).toContainText('pod/twin created');
  await expect(kubarium.outcome).toContainText('pod/twin unchanged');
});

test('a file of 10 MB is refused with its size', async ({ kubarium }) => {
  await kubarium.page.evaluate(() => {
    const data = new DataTransfer();
    data.items.add(new File(['# '.repeat(5_000_000)], 'huge.yaml'));
    document.querySelector('.app')!.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true }));
  });
  await expect(kubarium.notice('huge.yaml is too large')).toBeVisible();
  await expect(kubarium.notice(/It has 10\.0 MB/)).toBeVisible();
  await expect(kubarium.runningPods('web-')).toHaveCount(3);
});

test('a paste of 10 MB is refused with its size', async ({ kubarium }) => {
  await kubarium.paste('# '.repeat(5_000_000));
  await expect(kubarium.notice('The paste is too large')).toBeVisible();
  await expect(kubarium.page.locator('.view-line').first()).toContainText('Three');
});

test('a worker that throws is reported, and its cluster can be rebuilt', async ({ page }) => {
  const kubarium = new Kubarium(page);
  await page.addInitScript(() => {
    const Original = Worker;
    (globalThis as never as { Worker: unknown }).Worker = class extends Original {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        if (options?.name === 'cluster') (globalThis as never as { clusterWorker: Worker }).clusterWorker = this;
      }
    };
  });
  await kubarium.open();
  await kubarium.type('kubectl scale deployment web --replicas=2');
  await expect(kubarium.runningPods('web-')).toHaveCount(2);
  await page.evaluate(() =>
    (globalThis as never as { clusterWorker: Worker }).clusterWorker.postMessage({ type: 'fail', message: 'a made-up bug' }),
  );
  const crash = page.getByRole('alertdialog');
  await expect(crash).toContainText('The simulation stopped');
  await expect(crash).toContainText('a made-up bug');
  await crash.getByRole('button', { name: 'Rebuild up to the crash' }).click();
  await expect(crash).toBeHidden();
  await expect(kubarium.runningPods('web-')).toHaveCount(2);
});

for (const [what, fragment, message] of [
  ['cut off', '#v1.abc.7VXbbts4EP0Vgk', 'This link is damaged'],
  ['of a later version', '#v9.abc.7VXbbts4EP0Vgk', 'This link is of another version'],
  ['nonsense', '#%3Cimg%20src=x%3E', 'This link is damaged'],
] as const) {
  test(`a link that is ${what} is refused, and a fresh cluster opens`, async ({ page }) => {
    const kubarium = new Kubarium(page);
    await kubarium.open(fragment);
    await expect(kubarium.notice(message)).toBeVisible();
    await expect(kubarium.runningPods('web-')).toHaveCount(3);
    expect(new URL(page.url()).hash).toBe('');
  });
}

test('markup in names is shown as text', async ({ kubarium }) => {
  const evil = '<img src=x onerror=alert(1)>';
  await kubarium.paste(`apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: "${evil}"\n`);
  await kubarium.apply();
  await expect(kubarium.outcome).toContainText(evil);
  expect(await kubarium.page.locator('img').count()).toBe(0);
});
