// Shows every view at two widths in both themes: nothing sticks out, axe is content, no script of a VM's name runs, nothing comes from elsewhere.
// Usage: node views.mjs URL DIRECTORY-FOR-SCREENSHOTS
import { mkdirSync } from 'node:fs';
import { axe, check, launch, open, overflows, SIZES } from './browser.mjs';

const [url, directory] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });

const api = async (path) => (await fetch(`${url}/api/v1${path}`)).json();
const { vms } = await api('/vms?limit=100');
const { points } = await api('/points?limit=100');
const { jobs } = await api('/jobs?limit=100');
const web = vms.find((vm) => vm.name === 'web');
const hostile = vms.find((vm) => vm.name.startsWith('<img'));
const views = {
  overview: ['#/', 'Overview'],
  vms: ['#/vms', 'Virtual machines'],
  vm: [`#/vms/${web.uuid}`, 'web'],
  'vm-hostile': [`#/vms/${hostile.uuid}`, hostile.name],
  restore: [`#/restore/${points.find((point) => point.vm === 'web').id}`, 'Restore web'],
  jobs: ['#/jobs', 'Jobs'],
  job: [`#/jobs/${jobs[0].id}`, 'of'],
  events: ['#/events', 'Events'],
  settings: ['#/settings', 'Settings'],
  nowhere: ['#/nowhere', 'There is nothing here'],
};

const browser = await launch();
const found = [];
try {
  for (const size of SIZES) {
    for (const theme of ['light', 'dark']) {
      const { context, page, wrong } = await open(browser, url, { ...size, theme });
      const loaded = [];
      page.on('response', async (response) => {
        if (!response.url().includes('/api/')) loaded.push((await response.body().catch(() => Buffer.alloc(0))).length);
      });
      for (const [name, [hash, title]] of Object.entries(views)) {
        await page.goto(`${url}/${hash}`);
        await page.getByRole('heading', { level: 1, name: title }).first().waitFor();
        await page.locator('.loading').first().waitFor({ state: 'detached' });
        await page.screenshot({ path: `${directory}/${name}-${size.name}-${theme}.png`, fullPage: true });
        if (await overflows(page)) found.push(`${name} at ${size.width} px sticks out`);
        for (const violation of await axe(page)) found.push(`${name}, ${size.name}, ${theme}: ${violation}`);
      }
      check(await page.evaluate(() => globalThis.hacked === undefined), 'a name was run as a script');
      const total = loaded.reduce((sum, length) => sum + length, 0);
      check(total < 300 * 1024, `the page takes ${total} bytes`);
      found.push(...wrong);
      await context.close();
    }
  }
  await keyboard();
  await offline();
} finally {
  await browser.close();
}
if (found.length > 0) {
  console.error([...new Set(found)].join('\n'));
  process.exit(1);
}
console.log(`${Object.keys(views).length} views, ${SIZES.length} widths, 2 themes: in order`);

/** Everything is reached without a mouse, and the focus is seen. */
async function keyboard() {
  const { context, page } = await open(browser, url, { ...SIZES[1], theme: 'light' });
  await page.goto(`${url}/#/vms/${web.uuid}`);
  await page.getByRole('heading', { level: 1, name: 'web' }).waitFor();
  await page.keyboard.press('Tab');
  check((await page.evaluate(() => document.activeElement.textContent)).includes('Skip'), 'the first stop is not the skip link');
  const stops = new Set();
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab');
    stops.add(await page.evaluate(() => document.activeElement.textContent.trim()));
  }
  for (const stop of ['Back up now', 'Verify', 'Restore…', 'Forget…', 'Settings']) check(stops.has(stop), `${stop} can't be reached by the keyboard`);
  await page.getByRole('button', { name: 'Forget…' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await context.close();
}

/** A lost connection is told, and comes back by itself. */
async function offline() {
  const { context, page } = await open(browser, url, { ...SIZES[1], theme: 'light' });
  await page.goto(`${url}/#/`);
  await page.getByText('Live', { exact: true }).waitFor();
  await page.route('**/api/v1/**', (route) => route.abort());
  await page.goto(`${url}/#/vms`);
  await page.getByText("Tidemark can't be reached").first().waitFor();
  await page.screenshot({ path: `${directory}/offline-wide-light.png` });
  await page.unroute('**/api/v1/**');
  await page.getByRole('heading', { level: 2, name: 'web' }).waitFor({ timeout: 15_000 });
  await context.close();
}
