import { drop, expect, Kubarium, test, watchConsole } from './page.ts';
import { REPLICATION, SERVICES } from './manifests.ts';

test('the page opens on a living cluster where a web application is rolled out', async ({ kubarium }) => {
  await expect(kubarium.minion('master-1')).toBeVisible();
  for (const name of ['minion-1', 'minion-2', 'minion-3']) await expect(kubarium.minion(name)).toHaveAttribute('data-health', 'Ready');
  await expect(kubarium.runningPods('web-')).toHaveCount(3);
  await expect(kubarium.service('web')).toHaveAttribute('data-ready', '3');
  await expect(kubarium.workload('Deployment/web')).toHaveAttribute('data-ready', '3/3');
});

test('pasted manifests become pods on minions, and endpoints join their services', async ({ kubarium }) => {
  await kubarium.paste(`${REPLICATION}---\n${SERVICES}`);
  await kubarium.apply();
  await expect(kubarium.outcome).toContainText('5 documents applied');
  await expect(kubarium.outcome).toContainText('replicationcontroller/nginx-www created');
  await expect(kubarium.outcome).toContainText('apps/v1beta2 ReplicaSet is deprecated');
  await kubarium.speed('10×');
  await expect(kubarium.runningPods('nginx-www-')).toHaveCount(3);
  await expect(kubarium.runningPods('stall-')).toHaveCount(3);
  await expect(kubarium.runningPods('kubia-')).toHaveCount(3);
  await expect(kubarium.service('nginx-service')).toHaveAttribute('data-ready', '3');
  await expect(kubarium.service('kubia')).toHaveAttribute('data-ready', '3');
});

test('a pod deleted in the terminal is replaced', async ({ kubarium }) => {
  await expect(kubarium.runningPods('web-')).toHaveCount(3);
  const victim = (await kubarium.pods('web-').first().getAttribute('data-pod'))!;
  await kubarium.speed('10×');
  await kubarium.type(`kubectl delete pod ${victim}`);
  expect(await kubarium.terminalText()).toContain(`pod "${victim}" deleted from default namespace`);
  await expect(kubarium.page.locator(`[data-pod="${victim}"]`)).toHaveCount(0);
  await expect(kubarium.runningPods('web-')).toHaveCount(3);
});

test('a minion whose kubelet is stopped turns NotReady and comes back', async ({ kubarium }) => {
  await kubarium.minion('minion-2').getByRole('button').click();
  await kubarium.page.getByRole('button', { name: 'Stop kubelet' }).click();
  await expect(kubarium.page.getByText('ssh minion-2 systemctl stop kubelet')).toBeVisible();
  await kubarium.speed('10×');
  await expect(kubarium.minion('minion-2')).toHaveAttribute('data-health', 'NotReady');
  await kubarium.page.getByRole('button', { name: 'Start kubelet' }).click();
  await expect(kubarium.minion('minion-2')).toHaveAttribute('data-health', 'Ready');
});

test('the terminal scales, labels, rolls out an image and rolls back', async ({ kubarium }) => {
  await expect(kubarium.runningPods('web-')).toHaveCount(3);
  await kubarium.speed('10×');
  await kubarium.type('kubectl scale deployment web --replicas=5');
  await expect(kubarium.runningPods('web-')).toHaveCount(5);
  await kubarium.type('kubectl label deployment web tier=front', 'kubectl get deployments -l tier=front --no-headers | wc -l');
  expect(await kubarium.terminalText()).toMatch(/deployment\.apps\/web labeled[\s\S]*\n1\n/);
  await kubarium.type('kubectl set image deployment/web nginx=nginx:1.25', 'kubectl rollout status deployment/web');
  expect(await kubarium.terminalText()).toContain('deployment "web" successfully rolled out');
  await kubarium.workload('Deployment/web').click();
  await expect(kubarium.page.getByTestId('inspector')).toContainText('nginx:1.25');
  await kubarium.type('kubectl rollout undo deployment/web', 'kubectl rollout status deployment/web');
  await expect(kubarium.page.getByTestId('inspector').locator('.facts')).toContainText('nginx:1.27');
});

test('a change in the editor is rolled out, and an unchanged file changes nothing', async ({ kubarium }) => {
  await expect(kubarium.runningPods('web-')).toHaveCount(3);
  await kubarium.editorReady();
  const text = await kubarium.page.evaluate(() => document.querySelector('.file-tab')?.textContent);
  expect(text).toContain('web.yaml');
  await kubarium.speed('10×');
  await kubarium.page.getByRole('button', { name: 'Apply', exact: true }).click();
  await expect(kubarium.outcome).toContainText('deployment.apps/web unchanged');
  await kubarium.page.locator('.view-line', { hasText: 'replicas: 3' }).click();
  await kubarium.page.keyboard.press('End');
  await kubarium.page.keyboard.press('Backspace');
  await kubarium.page.keyboard.insertText('4');
  await kubarium.page.keyboard.press('ControlOrMeta+Enter');
  await expect(kubarium.outcome).toContainText('deployment.apps/web configured');
  await expect(kubarium.runningPods('web-')).toHaveCount(4);
});

test('time can be paused, stepped and hurried', async ({ kubarium }) => {
  await kubarium.pause();
  const paused = await kubarium.clockMs();
  await kubarium.page.waitForTimeout(400);
  expect(await kubarium.clockMs()).toBe(paused);
  await kubarium.page.getByRole('button', { name: 'Step one second' }).click();
  await expect.poll(() => kubarium.clockMs()).toBe(paused + 1000);
  const events = () => kubarium.page.getByTestId('clock').getAttribute('data-events');
  const before = await events();
  await kubarium.page.getByRole('button', { name: 'Step to the next change' }).click();
  await expect.poll(events).not.toBe(before);
  for (const [label, factor] of [
    ['10×', 10],
    ['100×', 100],
  ] as const) {
    await kubarium.speed(label);
    if (factor === 10) await kubarium.play();
    const [from, started] = [await kubarium.clockMs(), Date.now()];
    await kubarium.page.waitForTimeout(1500);
    const rate = ((await kubarium.clockMs()) - from) / (Date.now() - started);
    expect(rate).toBeGreaterThan(factor * 0.5);
    expect(rate).toBeLessThan(factor * 1.5);
  }
});

test('a link rebuilds the same cluster in the same state elsewhere', async ({ kubarium, browser, baseURL }) => {
  await kubarium.speed('10×');
  await kubarium.type('kubectl scale deployment web --replicas=4', 'kubectl get pods');
  await expect(kubarium.runningPods('web-')).toHaveCount(4);
  await kubarium.pause();
  const { link, stateHash } = await kubarium.share();
  expect(link.startsWith(baseURL!)).toBe(true);
  const names = await kubarium.pods('web-').evaluateAll((pods) => pods.map((pod) => pod.getAttribute('data-pod')).sort());

  const other = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await other.newPage();
  const complaints = watchConsole(page);
  const opened = new Kubarium(page);
  await page.goto(link);
  await expect(opened.runningPods('web-')).toHaveCount(4);
  expect(await opened.pods('web-').evaluateAll((pods) => pods.map((pod) => pod.getAttribute('data-pod')).sort())).toEqual(names);
  expect((await opened.share()).stateHash).toBe(stateHash);
  await expect(page.locator('[data-terminal="t1"] .xterm-rows')).toContainText('kubectl get pods');
  // Both go on alike.
  for (const one of [kubarium, opened]) {
    await one.page.getByRole('button', { name: 'Step one second' }).click();
    await expect(one.page.getByTestId('clock')).toHaveAttribute('data-ms', /\d/);
  }
  await expect.poll(() => opened.clockMs()).toBe(await kubarium.clockMs());
  await expect.poll(async () => (await opened.share()).stateHash).toBe((await kubarium.share()).stateHash);
  expect(complaints).toEqual([]);
  await other.close();
});

test('a dropped file opens in the editor', async ({ kubarium }) => {
  await drop(kubarium, 'dropped.yaml', SERVICES);
  await expect(kubarium.page.getByRole('tab', { name: 'dropped.yaml' })).toHaveAttribute('aria-selected', 'true');
  await kubarium.editorReady();
  await kubarium.page.getByRole('button', { name: 'Apply', exact: true }).click();
  await expect(kubarium.outcome).toContainText('2 documents applied');
});

test('a fresh cluster can be had, and the one before be brought back', async ({ kubarium }) => {
  await kubarium.speed('10×');
  await kubarium.type('kubectl scale deployment web --replicas=2');
  await expect(kubarium.runningPods('web-')).toHaveCount(2);
  await expect(kubarium.pods('web-')).toHaveCount(2);
  await kubarium.page.getByRole('button', { name: 'Start a fresh cluster' }).click();
  await expect(kubarium.runningPods('web-')).toHaveCount(3);
  await kubarium.page.getByRole('button', { name: 'Bring it back' }).click();
  await expect(kubarium.runningPods('web-')).toHaveCount(2);
});

test('a cluster document in the editor builds the cluster it describes', async ({ kubarium }) => {
  await kubarium.paste('apiVersion: kubarium.dev/v1alpha1\nkind: Cluster\nminions: 5\n');
  await kubarium.page.keyboard.press('ControlOrMeta+Enter');
  await expect(kubarium.minion('minion-5')).toHaveAttribute('data-health', 'Ready');
  await kubarium.paste('apiVersion: kubarium.dev/v1alpha1\nkind: Cluster\nminions: many\n');
  await kubarium.page.keyboard.press('ControlOrMeta+Enter');
  await expect(kubarium.notice('This cluster document cannot be used')).toBeVisible();
  await expect(kubarium.minion('minion-5')).toHaveAttribute('data-health', 'Ready');
});
