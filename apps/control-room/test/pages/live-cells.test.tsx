// @vitest-environment happy-dom
import type { LiveGrid } from '@beamtime/http-gateway/ui-types'
import { afterEach, expect, test, vi } from 'vitest'
import { openPage, shownText, until, type OpenedPage } from './opened-page.part.tsx'

let page: OpenedPage | undefined

afterEach(() => {
  page?.close()
  page = undefined
})

/** An observer that the test tells what is seen. */
class Observer {
  static readonly all = new Set<Observer>()
  target: Element | null = null
  readonly tell: IntersectionObserverCallback
  constructor(tell: IntersectionObserverCallback) {
    this.tell = tell
    Observer.all.add(this)
  }
  observe(target: Element): void {
    this.target = target
  }
  disconnect(): void {
    Observer.all.delete(this)
  }
  static see(name: string, isIntersecting: boolean): void {
    const found = [...Observer.all].find(({ target }) => target?.getAttribute('aria-label')?.startsWith(name))
    if (found === undefined) throw new Error(`nobody looks at ${name}`)
    found.tell([{ isIntersecting } as IntersectionObserverEntry], found as never)
  }
}

const key = 'demo/monitor_histogram/1/monitor_1/result'
const followed = (): readonly unknown[] => page?.subscriptions('output').map((args) => args['key']) ?? []
const cell = (name: string): HTMLElement | null =>
  document.querySelector<HTMLElement>(`section[aria-label^="${name}"]`)

test('a cell that is scrolled out of sight is not followed, and is again when it comes back', async () => {
  vi.stubGlobal('IntersectionObserver', Observer)
  page = openPage('/data', { scenario: 'idle' })
  await until(() => followed().length === 3)
  Observer.see('monitor_1', false)
  await until(() => !followed().includes(key))
  expect(followed()).toHaveLength(2)
  Observer.see('monitor_1', true)
  await until(() => followed().includes(key))
})

test('Enter shows a cell on the whole screen, Escape the grid again', async () => {
  page = openPage('/data', { scenario: 'idle' })
  await until(() => cell('monitor_1') !== null)
  const press = (target: EventTarget | null, name: string): boolean | undefined =>
    target?.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true }))
  press(cell('monitor_1'), 'Enter')
  await until(() => cell('monitor_1')?.closest('.live-cell.full') !== null)
  expect(document.querySelectorAll('.live-cell.full')).toHaveLength(1)
  press(window, 'Escape')
  await until(() => document.querySelector('.live-cell.full') === null)
})

const grid = '/data/demo?tab=grid%3ABeam'
const savedGrids = (): readonly LiveGrid[] => {
  const body = page?.requests.findLast(({ method }) => method === 'PUT')?.body as {
    grids?: readonly LiveGrid[]
  }
  return body?.grids ?? []
}

test('two corners that are clicked and a chosen output make a plot of that size', async () => {
  page = openPage(grid, { scenario: 'idle' })
  await until(() => cell('monitor_1') !== null)
  const corner = (column: number): HTMLElement => {
    const found = document.querySelector<HTMLElement>(`[aria-label^="Row 2, column ${column}"]`)
    if (found === null) throw new Error(`no place in column ${column}`)
    return found
  }
  corner(2).click()
  await until(() => corner(1).getAttribute('aria-label') === 'Row 2, column 1: Click for 1x2 plot')
  corner(1).click()
  await until(() => document.querySelector('.output-choice') !== null)
  document.querySelector<HTMLButtonElement>('.dialog-form button[type="submit"]')?.click()
  await until(() => cell('panel_0') !== null)
  expect(savedGrids()[0]?.cells[1]).toMatchObject({
    geometry: { row: 1, col: 0, row_span: 1, col_span: 2 },
    layers: [{ plot_name: 'image', data_sources: { primary: { source_names: ['panel_0'] } } }],
  })
})

test('a workflow that feeds instrument control is stopped only after a question, others at once', async () => {
  page = openPage('/data/demo?tab=workflows', { scenario: 'idle' })
  await until(() => document.querySelector('[aria-label="Beam monitor"]') !== null)
  const stop = (card: string): void => {
    const buttons = document.querySelectorAll<HTMLButtonElement>(`[aria-label="${card}"] button`)
    ;[...buttons].find(({ textContent }) => textContent === 'Stop')?.click()
  }
  const stopped = (): readonly unknown[] =>
    page?.requests.filter(({ path }) => path.endsWith('/command')).map(({ body }) => body) ?? []
  stop('Detector view')
  await until(() => stopped().length === 1)
  stop('Beam monitor')
  await until(() => shownText().includes('Stop Beam monitor?'))
  expect(shownText()).toContain('monitor_1_counts_total')
  expect(stopped()).toHaveLength(1)
  document.querySelector<HTMLButtonElement>('.dialog-form button[type="submit"]')?.click()
  await until(() => stopped().length === 2)
  expect(stopped()[1]).toEqual({ kind: 'stop', workflow: 'demo/monitor_histogram/1' })
})

test('a wall has no controls', async () => {
  page = openPage('/data/demo?view=wall&cycle=30', { scenario: 'idle' })
  await until(() => cell('monitor_1') !== null)
  expect(document.querySelectorAll('main button:not(.cell-age)')).toHaveLength(0)
  expect(document.querySelector('nav')).toBe(null)
})
