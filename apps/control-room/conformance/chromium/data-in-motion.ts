// Streams, detectors, files and live data in a real browser, on a platform with a simulated JUNGFRAU and simulated event streams.
// Prints a line a step and the totals; pictures go to the folder that is given.
import { readFileSync } from 'node:fs'
import { freePort } from '@beamtime/service-kit/testing'
import type { Page } from 'playwright-core'
import { idle, Platform, until } from '../../../../test/platform/platform.ts'
import { browserSteps, expectEqual, launchChromium } from './browser-steps.ts'
import { checkDetectorTools } from './detector-tools.ts'
import { problemsOfPages } from './every-page.ts'

const { step, picture, finish } = browserSteps(process.argv[2] ?? '')
const [udp, rest, websocket, live, monitors, detectors, reduction] = await Promise.all(
  Array.from({ length: 7 }, () => freePort()),
)
const platform = await Platform.start(`
[daq.jungfrau]
detector_type = "jungfrau-raw"
n_modules = 1
bit_depth = 16
image_pixel_width = 1024
image_pixel_height = 512
start_udp_port = ${udp}
udp_host = "127.0.0.1"
rest = "127.0.0.1:${rest}"
websocket = "127.0.0.1:${websocket}"
ram_buffer = { export = "off", ring_mb = 64 }
live_stream_configs = { "tcp://127.0.0.1:${live}" = { type = "periodic", config = [1, 10] } }
simulator = { enabled = true, auto_start = true, rate_hz = 10 }

[livedata.dummy]
together = true
dev = true
auto_start = true
fakes = ["monitors", "detectors", "logdata"]
fake_rate = 200
dashboards = { monitors = "127.0.0.1:${monitors}", detectors = "127.0.0.1:${detectors}", reduction = "127.0.0.1:${reduction}" }
`)
const browser = await launchChromium()
const errors: string[] = []

async function openDialog(page: Page, button: string, title: RegExp): Promise<ReturnType<Page['getByRole']>> {
  await page.getByRole('button', { name: button, exact: true }).first().click()
  const dialog = page.getByRole('dialog', { name: title })
  await dialog.waitFor()
  return dialog
}

try {
  await idle(platform)
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark' })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  page.on('pageerror', (error) => errors.push(error.message))
  const base = platform.url
  const key = readFileSync((await platform.status()).key_file, 'utf8').trim()
  await page.goto(`${base}/streams`)
  await page.getByRole('textbox', { name: 'Key' }).fill(key)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('heading', { name: 'Streams', level: 1 }).waitFor()

  await step('a topic is made, written to and read back', async () => {
    const create = await openDialog(page, 'Create topic', /Create topic/)
    await create.getByRole('textbox', { name: 'Name' }).fill('notes')
    await create.getByRole('button', { name: 'Create topic' }).click()
    await page.getByRole('heading', { name: 'notes' }).waitFor()
    for (const text of ['{"n": 1, "who": "anna"}', '{"n": 2, "who": "chen"}', '{"n": 3, "who": "anna"}']) {
      const produce = await openDialog(page, 'Produce', /Write a message/)
      await produce.getByRole('textbox', { name: 'Value' }).fill(text)
      await produce.getByRole('button', { name: 'Produce' }).click()
      await produce.waitFor({ state: 'hidden' })
    }
    await page.goto(`${base}/streams/topic/notes/messages`)
    const rows = page.getByRole('grid', { name: 'Messages of the topic' }).getByRole('row')
    await until('three messages', async () => (await rows.count()) === 4, 10_000)
  })
  await step('an expression finds messages, and a message shows its fields', async () => {
    const filter = page.getByRole('textbox', { name: 'Filter messages' })
    await filter.fill("json.who == 'anna' && json.n > 1")
    await filter.press('Enter')
    const rows = page.getByRole('grid', { name: 'Messages of the topic' }).getByRole('row')
    await until('one message', async () => (await rows.count()) === 2, 10_000)
    await rows.nth(1).click()
    await page.getByText('"anna"').first().waitFor()
    await picture(page, 'message-dark-1440')
  })
  await step('a topic is followed without losing a burst', async () => {
    await page.goto(`${base}/streams/topic/dummy_detector/messages`)
    await page.getByRole('button', { name: 'Tail' }).click()
    await page.getByText(/scanned [1-9]/).waitFor()
    await page.getByRole('button', { name: 'Stop' }).click()
    const rows = page.getByRole('grid', { name: 'Messages of the topic' }).getByRole('row')
    if ((await rows.count()) < 3) throw new Error('the rows went with the tail')
  })
  await step('a recording is made and played to another topic', async () => {
    await page.goto(`${base}/streams/topic/notes/messages`)
    const record = await openDialog(page, 'Record', /Record topics/)
    await record.getByRole('textbox', { name: 'Name', exact: true }).fill('night-1')
    await record.getByRole('textbox', { name: 'From' }).fill('earliest')
    await record.getByRole('radio', { name: 'messages' }).click()
    await record.getByRole('textbox', { name: 'messages' }).fill('3')
    await record.getByRole('button', { name: 'Record' }).click()
    const row = page.getByRole('grid', { name: 'Recordings' }).getByRole('row', { name: /night-1/ })
    await row.getByText('done').waitFor()
    await row.getByRole('button', { name: 'Play' }).click()
    const play = page.getByRole('dialog', { name: /Play a recording/ })
    await play.getByRole('radio', { name: 'as fast as it can' }).click()
    await play.getByRole('button', { name: 'Start' }).click()
    await page.getByText('replay.notes').waitFor()
    await page.getByText('done').first().waitFor()
    await picture(page, 'play-dark-1440')
  })
  await step('the detector shows images, and a region its sum', async () => {
    await page.goto(`${base}/detectors`)
    await page.getByText('1 of 1 arrive').waitFor()
    await page.getByRole('button', { name: 'Rectangle' }).click()
    const box = await page.locator('.image-overlay').boundingBox()
    if (box === null) throw new Error('there is no image')
    await page.mouse.move(box.x + 60, box.y + 40)
    await page.mouse.down()
    await page.mouse.move(box.x + 200, box.y + 120, { steps: 4 })
    await page.mouse.up()
    await page.getByRole('cell', { name: /^ROI 1$/ }).waitFor()
    const sum = page.locator('.regions-table tbody td').nth(1)
    await until('the sum of the region', async () => /\d/.test(await sum.innerText()), 10_000)
    await picture(page, 'detector-dark-1440')
  })
  await step('a mask is painted, kept and applied, and the next images lack its pixels', async () => {
    await page.getByRole('button', { name: 'Paint the mask' }).click()
    const panel = page.getByRole('region', { name: 'Mask', exact: true })
    await panel.getByText('0 px masked').waitFor()
    await panel.getByRole('button', { name: 'Rectangle' }).click()
    const box = await page.locator('.mask-overlay').boundingBox()
    if (box === null) throw new Error('there is no image')
    await page.mouse.move(box.x + 20, box.y + 20)
    await page.mouse.down()
    await page.mouse.move(box.x + 80, box.y + 60, { steps: 3 })
    await page.mouse.up()
    await panel.getByText(/[1-9][\d\u00a0]* px masked · not saved/).waitFor()
    await panel.getByRole('textbox', { name: 'Name' }).fill('corner')
    await panel.getByRole('button', { name: 'Save', exact: true }).click()
    await panel.getByText('corner', { exact: true }).waitFor()
    await picture(page, 'mask-dark-1440')
    await panel.getByRole('button', { name: 'Hold: apply' }).hover()
    await page.mouse.down()
    await panel.getByText('in use', { exact: true }).waitFor()
    await page.mouse.up()
    await panel.getByRole('button', { name: 'Done' }).click()
    // The detector's own images, not what is drawn: 0 where they are masked, its background is 100 and more elsewhere.
    await until('images without the pixels of the mask', async () => {
      const mask = new Uint8Array(await (await fetch(`http://127.0.0.1:${rest}/daq/mask`)).arrayBuffer())
      const image = new Uint16Array(await (await fetch(`http://127.0.0.1:${rest}/daq/image`)).arrayBuffer())
      return mask.length === image.length && image.every((value, at) => (value === 0) === (mask[at] === 1))
    })
    const masked = page.locator('.image-figures .figure-block', { hasText: 'Masked' })
    await until('the count of masked pixels', async () => /[1-9]/.test(await masked.innerText()), 10_000)
  })
  await step('a file is written by hand and opened', async () => {
    await page.getByRole('textbox', { name: 'Images' }).fill('20')
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    const link = page.getByRole('link', { name: /by-hand-0001\.h5/ })
    await link.waitFor({ timeout: 30_000 })
    await link.click()
    await page.getByRole('button', { name: 'jungfrau', exact: true }).click()
    await page.getByRole('button', { name: 'data', exact: true }).click()
    await page.getByText(/× 512 × 1024/).waitFor()
    await page.getByText(/frame 1 of/).waitFor()
    await picture(page, 'file-dark-1440')
  })
  await step('the profile of a line and the pixels of a polygon are those of the file', async () => {
    await checkDetectorTools(page, base)
    await picture(page, 'detector-tools-dark-1440')
  })
  await step('a plan takes 100 images: they show live, in its run and in its file', async () => {
    await page.goto(`${base}/queue/new?plan=count`)
    const form = page.getByRole('region', { name: 'New plan' })
    await form.getByRole('button', { name: 'Add detectors' }).click()
    await page.keyboard.type('jungfrau')
    await page
      .getByRole('option', { name: /^jungfrau\b/ })
      .first()
      .click()
    await page.keyboard.press('Escape')
    await form.getByRole('button', { name: /^Optional/ }).click()
    await form
      .getByRole('textbox', { name: /^(Num|Points|Number)/i })
      .first()
      .fill('100')
    await form.getByRole('button', { name: 'Add to end' }).click()
    await page.getByRole('button', { name: 'Start queue' }).click()
    await page.goto(`${base}/detectors`)
    const frame = async (): Promise<number> =>
      Number(/frame\s+(\d+)/.exec(await page.getByRole('main').innerText())?.[1] ?? 0)
    await until('a first image', async () => (await frame()) > 0, 15_000)
    const first = await frame()
    await until('later images', async () => (await frame()) > first, 15_000)
    await page.goto(`${base}/runs`)
    const run = page.getByRole('row', { name: /Count/ }).first()
    await run.waitFor({ timeout: 30_000 })
    await run.dblclick()
    await page
      .getByRole('banner', { name: 'State' })
      .getByText('IDLE', { exact: true })
      .waitFor({ timeout: 60_000 })
    await page.getByRole('link', { name: 'Images', exact: true }).click()
    await page.getByText('frame 1 of 100').waitFor({ timeout: 30_000 })
    await page.getByRole('button', { name: 'Play the frames' }).click()
    await page.getByText(/frame ([2-9]|[1-9]\d) of 100/).waitFor()
    await picture(page, 'run-images-dark-1440')
    await page.getByRole('navigation', { name: 'Run summary' }).getByRole('link', { name: 'Files' }).click()
    await page.getByRole('link', { name: /\.h5$/ }).click()
    await page.getByText('100 × 512 × 1024').waitFor()
  })
  await step('live data show what runs, and a workflow is reset', async () => {
    await page.goto(`${base}/data`)
    await page.getByRole('region', { name: /^panel_0, Panel 0 · / }).waitFor({ timeout: 30_000 })
    await page.getByRole('region', { name: /^monitor1/ }).waitFor()
    await picture(page, 'data-dark-1440')
    await page.goto(`${base}/data/dummy?tab=workflows`)
    await page.getByRole('region', { name: 'Total counts' }).getByRole('button', { name: 'Reset' }).click()
    await page.goto(`${base}/data/dummy?tab=status`)
    await page.getByRole('grid', { name: 'Status' }).getByRole('row').nth(1).waitFor()
  })
  await step('the pointer reads a plot, linked plots too, and each is shown as rows', async () => {
    await page.goto(`${base}/data`)
    const cell = page.getByRole('region', { name: /^monitor1/ })
    await cell.locator('.chart').hover()
    await cell.locator('.chart-readout:not([hidden])').waitFor()
    await page.getByRole('button', { name: 'Link cursors' }).click()
    await cell.locator('.chart').hover({ position: { x: 150, y: 60 } })
    await page
      .getByRole('region', { name: /^monitor2/ })
      .locator('.chart-readout:not([hidden])')
      .waitFor()
    await cell.getByRole('button', { name: /^Menu of/ }).click()
    await page.getByRole('menuitem', { name: 'Show as table' }).click()
    await page.getByRole('dialog', { name: 'monitor1' }).getByRole('row').nth(5).waitFor()
    await picture(page, 'plot-table-dark-1440')
  })
  await step('a region that is drawn on a picture comes back from the service', async () => {
    await page.goto(`${base}/data`)
    const cell = page.getByRole('region', { name: /^panel_0, Panel 0 · / })
    await cell.getByRole('button', { name: 'Regions' }).click()
    const box = await cell.locator('.region-layer').boundingBox()
    if (box === null) throw new Error('there is no picture')
    await page.mouse.move(box.x + 0.2 * box.width, box.y + 0.2 * box.height)
    await page.mouse.down()
    await page.mouse.move(box.x + 0.6 * box.width, box.y + 0.7 * box.height, { steps: 4 })
    await page.mouse.up()
    await cell.locator('.region:not(.pending)').waitFor()
    await picture(page, 'regions-dark-1440')
    const from = cell.getByRole('textbox', { name: 'A x from' })
    await from.fill('3')
    await from.press('Enter')
    // A page that is loaded anew knows only what the service says.
    await until(
      'the service has the number that was typed',
      async () => {
        await page.reload()
        await cell.getByRole('button', { name: 'Regions' }).click()
        await from.waitFor()
        return Number(await from.inputValue()) === 3
      },
      15_000,
    )
  })
  await step(
    'a grid is made from a template, gets a plot between two corners, a picture and a file, and comes back from it',
    async () => {
      await page.goto(`${base}/data/dummy?tab=manage`)
      await page.getByRole('main').getByRole('button', { name: 'New grid' }).last().click()
      const create = page.getByRole('dialog', { name: 'New grid' })
      await create.getByRole('radio', { name: 'Template' }).click()
      await create.getByLabel('Template of the instrument').selectOption('Monitors')
      await create.getByRole('textbox', { name: 'Title of the grid' }).fill('Night')
      await create.getByRole('combobox', { name: /^Rows/ }).selectOption('6')
      await create.getByRole('button', { name: 'Create' }).click()
      await page.getByRole('button', { name: /^Row 5, column 1/ }).click()
      await page.getByRole('button', { name: /^Row 6, column 2: Click for 2x2 plot/ }).click()
      const add = page.getByRole('dialog', { name: 'Add a plot' })
      await add.getByRole('textbox').fill('panel_0 image')
      await add.getByRole('button', { name: 'Add a plot' }).click()
      const cell = page.getByRole('region', { name: /^panel_0, Panel 0 / })
      await cell.waitFor()
      await cell.focus()
      await page.keyboard.press('Enter')
      await page.locator('.live-cell.full').waitFor()
      await picture(page, 'cell-full-dark-1440')
      await cell.getByRole('button', { name: /^Menu of/ }).click()
      const [png] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('menuitem', { name: 'Save as PNG' }).click(),
      ])
      expectEqual(png.suggestedFilename(), 'DUMMY_cumulative_panel_0.png')
      await page.keyboard.press('Escape')
      await until('the grid again', async () => (await page.locator('.live-cell.full').count()) === 0, 5_000)
      await page.goto(`${base}/data/dummy?tab=manage`)
      const [yaml] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Download Night as YAML' }).click(),
      ])
      const file = readFileSync(await yaml.path(), 'utf8')
      await page.getByRole('main').getByRole('button', { name: 'New grid' }).last().click()
      await create.getByRole('radio', { name: 'File' }).click()
      const upload = (text: string) =>
        create
          .getByLabel('File with layouts (YAML)')
          .setInputFiles({ name: 'night.yaml', mimeType: 'application/yaml', buffer: Buffer.from(text) })
      await upload(file.replace('nrows: 6', 'nrows: 60'))
      await create.getByText(/^Line \d+, column \d+: grids\[0\]\.nrows/).waitFor()
      await upload(file)
      await create.getByRole('button', { name: 'Create' }).click()
      await page.getByRole('heading', { name: 'panel_0' }).waitFor()
      await page.getByRole('link', { name: 'Night 2' }).waitFor()
      await picture(page, 'grid-dark-1440')
    },
  )
  await step('the last seconds of a monitor are fewer counts than all since the start', async () => {
    const monitor = page.getByRole('region', { name: /^monitor1/ })
    const counts = async (): Promise<number> => {
      const text = await monitor.locator('.output-counts').getAttribute('title')
      return Number((text ?? '').replaceAll(/\D/g, ''))
    }
    await page.goto(`${base}/data/dummy?time=start`)
    await until('counts since the start', async () => (await counts()) > 0, 15_000)
    const all = await counts()
    await page.goto(`${base}/data/dummy?time=1`)
    await page.getByRole('region', { name: /^monitor1, .*last 1 s$/ }).waitFor()
    await until('counts of the last second', async () => (await counts()) > 0, 15_000)
    if ((await counts()) >= all) throw new Error('the window has as many counts as everything')
  })
  await step('a dashboard on its own port shows only its group', async () => {
    await page.goto(`http://127.0.0.1:${monitors}/`)
    await page.getByRole('region', { name: /^monitor1/ }).waitFor({ timeout: 30_000 })
    expectEqual(await page.getByRole('navigation', { name: 'Pages' }).count(), 0)
    expectEqual(await page.getByRole('region', { name: /^panel_0/ }).count(), 0)
  })
  await step('every page fits and is accessible, on a phone and in both themes', async () => {
    const pages = [
      'streams',
      'streams/topic/notes/messages',
      'streams/groups',
      'streams/recordings',
      'detectors',
      'files',
      'data',
      'data/dummy?tab=workflows',
      'data/dummy?tab=manage',
      'data/dummy?tab=status',
      'detectors?view=wall',
      'data/dummy?tab=grid:Night',
    ]
    expectEqual(await problemsOfPages(page, { base, pages, picture }), [])
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
