import { expect, test } from './page.ts';

const DEPLOYMENT = (field: string) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: x\nspec:\n  ${field}\n  selector:\n    matchLabels: {app: x}\n  template:\n    metadata:\n      labels: {app: x}\n    spec:\n      containers:\n      - name: x\n        image: nginx:1.27\n`;

test('the editor marks what the schema does not know, before anything is applied', async ({ kubarium }) => {
  await kubarium.paste(DEPLOYMENT('replica: 3'));
  await kubarium.page.getByRole('tab', { name: /Problems/ }).click();
  await expect(kubarium.page.getByRole('list', { name: 'Problems' })).toContainText('Property replica is not allowed');
  await kubarium.paste(DEPLOYMENT('replicas: 3'));
  await expect(kubarium.page.getByText('No problems')).toBeVisible();
});

test('an API version that a kind never had is marked', async ({ kubarium }) => {
  await kubarium.paste(DEPLOYMENT('replicas: 3').replace('apps/v1', 'v1'));
  await kubarium.page.getByRole('tab', { name: /Problems/ }).click();
  await expect(kubarium.page.getByRole('list', { name: 'Problems' })).toContainText('apps/v1');
});

test('the editor completes fields and tells what they mean', async ({ kubarium }) => {
  await kubarium.paste(DEPLOYMENT('minReady'));
  await kubarium.page.locator('.view-line', { hasText: 'minReady' }).click();
  await kubarium.page.keyboard.press('End');
  await kubarium.page.keyboard.press('Control+Space');
  await expect(kubarium.page.locator('.suggest-widget')).toContainText('minReadySeconds');
  await kubarium.page.keyboard.press('Escape');
  await kubarium.paste(DEPLOYMENT('replicas: 3'));
  await kubarium.page
    .locator('.view-line span', { hasText: /^replicas$/ })
    .last()
    .hover();
  await expect(kubarium.page.locator('.monaco-hover:not(.hidden)')).toContainText('Number of desired pods');
});

test('everything works when the editor cannot be loaded', async ({ page }) => {
  await page.route(/monaco-[\w-]+\.js/, (route) => route.abort());
  await page.goto('./');
  await expect(page.getByText('The editor could not be loaded')).toBeVisible();
  const field = page.getByRole('textbox', { name: 'Manifest' });
  await field.fill('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: plain\n');
  await field.press('ControlOrMeta+Enter');
  await expect(page.getByTestId('outcome')).toContainText('configmap/plain created');
});
