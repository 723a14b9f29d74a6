import { expect, test } from './page.ts';

test('a real client reaches the cluster in the tab through the server that the page came from', async ({ kubarium, request, baseURL }) => {
  const { page } = kubarium;
  const refused = await request.get('version');
  expect(refused.status()).toBe(503);
  expect((await refused.json()).message).toContain('no tab is connected');

  await page.getByRole('button', { name: 'Connect kubectl' }).click();
  await page.getByRole('button', { name: 'Connect this tab' }).click();
  await expect(page.getByText('This tab is connected.')).toBeVisible();
  await expect(page.getByTestId('connect-command')).toHaveText(`kubectl --server ${baseURL!.replace(/\/$/, '')} get nodes`);
  await page.keyboard.press('Escape');

  expect((await (await request.get('api?timeout=1s')).json()).versions).toEqual(['v1']);
  const nodes = await (await request.get('api/v1/nodes')).json();
  expect(nodes.items.map((node: { metadata: { name: string } }) => node.metadata.name)).toEqual([
    'master-1',
    'minion-1',
    'minion-2',
    'minion-3',
  ]);
  const scaled = await request.patch('apis/apps/v1/namespaces/default/deployments/web/scale', {
    headers: { 'content-type': 'application/merge-patch+json' },
    data: { spec: { replicas: 5 } },
  });
  expect(scaled.status()).toBe(200);
  await expect(kubarium.runningPods('web-')).toHaveCount(5);
  const watched = await request.get('api/v1/namespaces?watch=true&timeoutSeconds=1&resourceVersion=0');
  expect(
    (await watched.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).type),
  ).toEqual(['ADDED', 'ADDED', 'ADDED', 'ADDED']);
});
