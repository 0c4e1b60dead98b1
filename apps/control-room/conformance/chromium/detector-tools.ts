import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { until } from '../../../../test/platform/platform.ts'
import { expectEqual } from './browser-steps.ts'

/** A 16-bit image as it stands in its file. */
interface FileImage {
  readonly width: number
  readonly values: Uint16Array
}

/** Draws a line and a polygon on a recorded image and counts both again in the file that it comes from. */
export async function checkDetectorTools(page: Page, base: string): Promise<void> {
  await page.goto(`${base}/detectors`)
  await page.getByText('1 of 1 arrive').waitFor()
  await page.getByRole('radio', { name: 'Recorded' }).click()
  await page.getByText('recorded image 1').waitFor()
  const image = await firstRecordedImage(page, base)
  await checkProfile(page, image)
  await checkPolygon(page, image)
}

async function checkProfile(page: Page, { width, values }: FileImage): Promise<void> {
  await page.getByRole('button', { name: 'Line profile' }).click()
  await drag(page, [0.2, 0.3], [0.6, 0.5])
  for (const [name, value] of [
    ['x1', '100.5'],
    ['y1', '50.5'],
    ['x2', '400.5'],
    ['y2', '50.5'],
    ['width', '3'],
  ] as const) {
    await page.getByRole('textbox', { name, exact: true }).fill(value)
    await page.getByRole('textbox', { name, exact: true }).press('Enter')
  }
  const expected = Array.from({ length: 301 }, (_, at) => {
    const across = [49, 50, 51].map((row) => values[row * width + 100 + at] ?? 0)
    return across.reduce((sum, one) => sum + one, 0) / 3
  })
  await until(
    'the profile that the file has',
    async () => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Save the profile as CSV' }).click(),
      ])
      const rows = readFileSync(await download.path(), 'utf8')
        .trim()
        .split('\r\n')
        .slice(1)
      return JSON.stringify(rows.map((row) => Number(row.split(',')[3]))) === JSON.stringify(expected)
    },
    10_000,
  )
}

async function checkPolygon(page: Page, { width, values }: FileImage): Promise<void> {
  await page.getByRole('button', { name: 'Polygon' }).click()
  for (const corner of [
    [0.3, 0.2],
    [0.7, 0.3],
    [0.5, 0.8],
    [0.35, 0.4],
  ] as const)
    await click(page, corner)
  await page.keyboard.press('Enter')
  await page.getByRole('cell', { name: /^ROI 2$/ }).waitFor()
  const corners = await Promise.all(
    [1, 2, 3, 4].map(async (at) => [await numberIn(page, `x${at}`), await numberIn(page, `y${at}`)] as const),
  )
  let [n, most] = [0, 0]
  values.forEach((value, at) => {
    if (!holds(corners, (at % width) + 0.5, Math.floor(at / width) + 0.5)) return
    n += 1
    most = Math.max(most, value)
  })
  const count = n.toLocaleString('en').replaceAll(',', '\u00a0')
  await page.getByText(`${count} pixels · `).waitFor()
  const cells = await page
    .getByRole('row', { name: /^ROI 2/ })
    .getByRole('cell')
    .allInnerTexts()
  expectEqual(Number((cells[3] ?? '').replaceAll(/\s/g, '')), most)
}

/** A ray to the right crosses the outline an odd number of times. */
function holds(corners: readonly (readonly [number, number])[], x: number, y: number): boolean {
  const crossed = corners.filter(([ax, ay], at) => {
    const [bx, by] = corners[(at + 1) % corners.length] ?? [0, 0]
    return ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)
  })
  return crossed.length % 2 === 1
}

async function firstRecordedImage(page: Page, base: string): Promise<FileImage> {
  const runs = (await (await page.request.get(`${base}/api/detectors/jungfrau/runs`)).json()) as {
    readonly logs: Readonly<Record<string, { readonly info: { readonly output_file: string } }>>
  }
  const [newest] = Object.entries(runs.logs).toSorted(
    ([a], [b]) => Number.parseFloat(b) - Number.parseFloat(a),
  )
  const query = new URLSearchParams({
    file: newest?.[1].info.output_file ?? '',
    path: '/jungfrau/data',
    selection: '0,:,:',
    format: 'bin',
    dtype: 'safe',
  })
  const answer = await page.request.get(`${base}/api/h5/data?${query.toString()}`)
  expectEqual(answer.status(), 200)
  const bytes = Uint8Array.from(await answer.body())
  expectEqual(bytes.length, 2 * 1_024 * 512)
  return { width: 1_024, values: new Uint16Array(bytes.buffer) }
}

async function numberIn(page: Page, name: string): Promise<number> {
  return Number((await page.getByRole('textbox', { name, exact: true }).inputValue()).replaceAll(/\s/g, ''))
}

type Share = readonly [number, number]

async function placeOf(page: Page, [x, y]: Share): Promise<{ readonly x: number; readonly y: number }> {
  const box = await page.locator('.image-overlay').boundingBox()
  if (box === null) throw new Error('there is no image')
  return { x: box.x + x * box.width, y: box.y + y * box.height }
}

async function click(page: Page, at: Share): Promise<void> {
  const { x, y } = await placeOf(page, at)
  await page.mouse.click(x, y)
}

async function drag(page: Page, from: Share, to: Share): Promise<void> {
  const [start, end] = [await placeOf(page, from), await placeOf(page, to)]
  await page.mouse.move(start.x, start.y)
  await page.mouse.down()
  await page.mouse.move(end.x, end.y, { steps: 4 })
  await page.mouse.up()
}
