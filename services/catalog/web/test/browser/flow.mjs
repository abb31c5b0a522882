// Converts (a VM that is off), or backs up and restores a VM in the page, as a user does.
// Usage: node flow.mjs convert|restore URL VM DIRECTORY-FOR-THE-RESTORE DIRECTORY-FOR-SCREENSHOTS
import { mkdirSync } from 'node:fs';
import { axe, check, launch, open, SIZES } from './browser.mjs';

const [phase, url, vm, target, directory] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });
const LONG = { timeout: 90_000 };

const browser = await launch();
try {
  const { page, wrong } = await open(browser, url, { ...SIZES[1], theme: 'light' });
  const shoot = (name) => page.screenshot({ path: `${directory}/flow-${name}.png`, fullPage: true });
  await (phase === 'convert' ? convert(page, shoot) : restore(page, shoot));
  check(wrong.length === 0, wrong.join('\n'));
} finally {
  await browser.close();
}

async function convert(page, shoot) {
  await page.goto(`${url}/#/vms`);
  await page.getByRole('link', { name: vm }).click();
  await page.getByText('Not converted').waitFor();
  await page.getByRole('button', { name: 'Convert disks…' }).click();
  await page.getByText("Change of the VM's definition").waitFor(LONG);
  check((await page.locator('.diff .added').allTextContents()).join('').includes('dataStore'), 'the plan shows no data store');
  check((await axe(page)).length === 0, 'axe finds fault with the plan');
  await shoot('plan');
  await page.getByRole('button', { name: 'Convert', exact: true }).click();
  await page.getByText('Unchanged: SHA-256').waitFor(LONG);
  await shoot('converted');
}

async function restore(page, shoot) {
  await page.goto(`${url}/#/vms`);
  await page.getByRole('link', { name: vm }).click();
  await page.getByText('There is no restore point yet.').waitFor();
  await page.getByRole('button', { name: 'Back up now' }).click();
  await page.getByText('The restore point is sealed').waitFor(LONG);
  await shoot('backed-up');
  await page.getByRole('link', { name: 'Restore it…' }).click();

  await page.getByLabel("Directory on the hypervisor's host").fill(target);
  await page.getByRole('button', { name: 'Show what would be written' }).click();
  await page.getByText('New', { exact: true }).waitFor();
  await shoot('preview');
  await page.getByRole('button', { name: /^Restore \d/ }).click();
  await page.getByText('Proven: every block').waitFor(LONG);
  await shoot('restored');

  // Once more to the same place: what is there is named, and has to be confirmed by typing the VM's name.
  const file = await page.locator('td.path').first().textContent();
  await page.goto(`${url}/#/vms`);
  await page.getByRole('link', { name: vm }).click();
  await page.getByRole('link', { name: 'Restore…' }).click();
  await page.getByText('Files or block devices that I name').click();
  await page.getByLabel('vda goes to').fill(file);
  await page.getByRole('button', { name: 'Show what would be written' }).click();
  await page.getByText('Overwritten').waitFor();
  await page.getByRole('button', { name: /^Restore \d/ }).click();
  const overwrite = page.getByRole('button', { name: 'Overwrite and restore' });
  check(await overwrite.isDisabled(), 'overwriting needs no confirmation');
  await page.getByLabel(/to confirm$/).fill(`${vm}x`);
  check(await overwrite.isDisabled(), 'a wrong name confirms');
  await page.getByLabel(/to confirm$/).fill(vm);
  await shoot('confirm');
  await overwrite.click();
  await page.getByText('Proven: every block').waitFor(LONG);

  await page.goto(`${url}/#/vms`);
  await page.getByRole('link', { name: vm }).click();
  await page.getByRole('button', { name: 'Verify' }).click();
  await page.getByText('All is in order').waitFor(LONG);
  await page.goto(`${url}/#/events`);
  await page.getByRole('button', { name: 'RestoreCompleted' }).first().click();
  await page.getByText('"specversion"').waitFor();
}
