// A person's first hour in a real browser: log in, queue three scans by form, reorder, start, watch points arrive, find the runs,
// export. Prints a line a step and the totals; pictures go to the folder that is given.
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { browserSteps, expectEqual, launchChromium } from './browser-steps.ts'
import { problemsOfPages } from './every-page.ts'
import { idle, Platform, until } from '../../../../test/platform/platform.ts'

const { step, picture, finish } = browserSteps(process.argv[2] ?? '')

async function addScan(
  page: Page,
  base: string,
  title: string,
  range: readonly [string, string],
  points: string,
): Promise<void> {
  await page.goto(`${base}/queue/new?plan=scan`)
  const form = page.getByRole('region', { name: 'New plan' })
  await form.getByRole('button', { name: 'Add detectors' }).click()
  await page.keyboard.type('det')
  await page
    .getByRole('option', { name: /^det\b/ })
    .first()
    .click()
  await page.keyboard.press('Escape')
  await form.getByRole('button', { name: 'Motor', exact: true }).first().click()
  await page.keyboard.type('motor')
  await page
    .getByRole('option', { name: /^motor\b/ })
    .first()
    .click()
  await form.getByRole('textbox', { name: 'From' }).fill(range[0])
  await form.getByRole('textbox', { name: 'To' }).fill(range[1])
  await form.getByRole('textbox', { name: 'Points' }).fill(points)
  await form.getByRole('textbox', { name: 'Title' }).fill(title)
  await form.getByRole('button', { name: 'Add to end' }).click()
  await page.getByRole('grid', { name: 'Plans in the queue' }).getByText(title).waitFor()
}

async function titles(page: Page): Promise<string[]> {
  const rows = page.getByRole('grid', { name: 'Plans in the queue' }).getByRole('row')
  const texts = await rows.allInnerTexts()
  return texts.slice(1).map((text) => /(First|Second|Third) light/.exec(text)?.[0] ?? text)
}

const platform = await Platform.start()
const browser = await launchChromium()
const errors: string[] = []
try {
  await idle(platform)
  const context = await browser.newContext({
    viewport: { width: 1280, height: 720 },
    colorScheme: 'dark',
    acceptDownloads: true,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  page.on('pageerror', (error) => errors.push(error.message))
  const base = platform.url
  const key = readFileSync((await platform.status()).key_file, 'utf8').trim()

  await step('a wrong key is refused in words and the form keeps its place', async () => {
    await page.goto(`${base}/queue`)
    await page.getByRole('textbox', { name: 'Key' }).fill('wrong')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page
      .getByText(/key/i)
      .filter({ hasText: /not|wrong|invalid/i })
      .first()
      .waitFor()
    await picture(page, 'login-dark-1280')
  })
  await step('the key of the start opens the page that was asked for', async () => {
    await page.getByRole('textbox', { name: 'Key' }).fill(key)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('heading', { name: 'Queue', level: 1 }).waitFor()
  })
  await step('three scans are queued by form', async () => {
    await addScan(page, base, 'First light', ['-1', '1'], '21')
    await addScan(page, base, 'Second light', ['-2', '2'], '41')
    await addScan(page, base, 'Third light', ['-3', '3'], '31')
    expectEqual(await titles(page), ['First light', 'Second light', 'Third light'])
    await picture(page, 'queue-dark-1280')
  })
  await step('a wrong value is named at its field and cannot be added', async () => {
    await page.goto(`${base}/queue/new?plan=count`)
    const form = page.getByRole('region', { name: 'New plan' })
    await form.getByRole('button', { name: /^Optional/ }).click()
    await form
      .getByRole('textbox', { name: /^(Num|Points|Number)/i })
      .first()
      .fill('many')
    await form
      .getByText(/number/i)
      .first()
      .waitFor()
    expectEqual(await form.getByRole('button', { name: 'Add to end' }).isEnabled(), false)
  })
  await step('Alt and the arrow keys move a plan', async () => {
    await page.goto(`${base}/queue`)
    await page.getByRole('row', { name: /Third light/ }).click()
    await page.keyboard.press('Alt+ArrowUp')
    await until(
      'the new order',
      async () =>
        JSON.stringify(await titles(page)) === JSON.stringify(['First light', 'Third light', 'Second light']),
    )
  })
  await step('a plan is dragged to another place', async () => {
    const rows = page.getByRole('grid', { name: 'Plans in the queue' }).getByRole('row')
    const source = rows.filter({ hasText: 'Third light' }).getByRole('gridcell', { name: /^Drag item/ })
    await source.dragTo(rows.filter({ hasText: 'First light' }), { targetPosition: { x: 40, y: 3 } })
    await until(
      'the new order',
      async () =>
        JSON.stringify(await titles(page)) === JSON.stringify(['Third light', 'First light', 'Second light']),
    )
  })
  await step('the queue starts and the points of the running scan arrive on the live page', async () => {
    await page.goto(`${base}/queue/new?plan=count`)
    const item = { item_type: 'plan', name: 'rocking_curve', kwargs: { num: 41 } }
    const answer = await page.request.post(`${base}/api/queue/item/add`, {
      headers: { authorization: `ApiKey ${key}` },
      data: { item },
    })
    expectEqual(((await answer.json()) as { success: boolean }).success, true)
    await page.goto(`${base}/queue`)
    await page.getByRole('button', { name: 'Start queue' }).click()
    await page.getByRole('link', { name: 'Live run' }).first().click()
    await page.getByRole('heading', { name: /Rocking curve/i, level: 1 }).waitFor({ timeout: 30_000 })
    const counted = async (): Promise<number> =>
      Number(/(\d+) of 41/.exec(await page.getByRole('main').innerText())?.[1] ?? 0)
    await until('the first points', async () => (await counted()) >= 3)
    const before = await counted()
    await until('further points', async () => (await counted()) > before)
    await picture(page, 'live-dark-1280')
  })
  await step('the state line says idle when everything ran', async () => {
    await page
      .getByRole('banner', { name: 'State' })
      .getByText('IDLE', { exact: true })
      .waitFor({ timeout: 60_000 })
  })
  await step('the runs are found, by words too', async () => {
    await page.goto(`${base}/runs`)
    await page.getByText('Second light').first().waitFor()
    await picture(page, 'runs-dark-1280')
    await page.goto(`${base}/runs?q=${encodeURIComponent('plan:rocking_curve')}`)
    await page
      .getByText(/Rocking curve/i)
      .first()
      .waitFor()
    expectEqual(await page.getByText('Second light').count(), 0)
  })
  await step('a run opens and its table is exported as CSV', async () => {
    await page.goto(`${base}/runs?q=${encodeURIComponent('Second light')}`)
    await page
      .getByRole('row', { name: /Second light/ })
      .first()
      .dblclick()
    await page.waitForURL(/\/runs\/[0-9a-f-]{36}/)
    await picture(page, 'run-dark-1280')
    await page.getByRole('button', { name: /Export/ }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: /CSV/ }).first().click(),
    ])
    const lines = readFileSync(await download.path(), 'utf8')
      .trim()
      .split(/\r?\n/)
    expectEqual(lines.length, 42)
  })
  await step('the page recovers by itself when the gateway is killed', async () => {
    await page.goto(`${base}/queue`)
    const gateway = (await platform.status()).services.find((service) => service.role === 'http')
    if (gateway?.pid !== null && gateway?.pid !== undefined) process.kill(gateway.pid, 'SIGKILL')
    await page
      .getByText(/connection|disconnected|reconnect/i)
      .first()
      .waitFor({ timeout: 6_000 })
    await until(
      'the banner goes',
      async () => (await page.getByText(/connection lost|disconnected/i).count()) === 0,
      15_000,
    )
    await page.getByRole('button', { name: 'Add', exact: true }).first().waitFor()
  })
  await step('every page fits and is accessible, on a phone and in both themes', async () => {
    const pages = ['queue', 'live', 'runs', 'services', 'console', 'help']
    const found = await problemsOfPages(page, { base, pages, picture })
    expectEqual(found, [])
  })
  await step('no script error on the way', () => {
    expectEqual(errors, [])
    return Promise.resolve()
  })
} finally {
  await browser.close()
  await platform.dispose()
}
finish()
