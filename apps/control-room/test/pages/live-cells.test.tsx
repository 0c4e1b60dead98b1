// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from 'vitest'
import { openPage, until, type OpenedPage } from './opened-page.part.tsx'

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
