// @vitest-environment happy-dom
import { createMemoryHistory } from '@tanstack/react-router'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { fakeServer, type FakeOptions, type FakeServer } from '../../gallery/fake-server/fake-transport.ts'
import { Application } from '../../src/app/application.tsx'
import { createControlRoom } from '../../src/app/control-room.ts'

/* The whole application on the fake server, without a browser: what it says and what it sends. */
let root: Root | undefined
let server: FakeServer | undefined

/** A drawing surface that takes every call and draws nothing. */
const surface: unknown = new Proxy(
  {},
  {
    get: (_target, name) => (name === 'measureText' ? () => ({ width: 10 }) : () => undefined),
    set: () => true,
  },
)

beforeEach(() => {
  // Rows are drawn where there is height and curves where there is a surface; this environment has neither.
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600)
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1200)
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockImplementation(() => surface as never)
  Object.assign(window, { innerWidth: 1440 })
})

afterEach(() => {
  root?.unmount()
  server?.close()
  document.body.replaceChildren()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

function open(page: string, options: FakeOptions): FakeServer {
  const made = fakeServer(options)
  server = made
  const room = createControlRoom({
    transport: made,
    storage: { getItem: () => null, setItem: () => undefined },
    requestFrame: (callback) => setTimeout(() => callback(performance.now()), 0),
  })
  const element = document.createElement('div')
  document.body.append(element)
  root = createRoot(element)
  root.render(<Application room={room} history={createMemoryHistory({ initialEntries: [page] })} />)
  return made
}

/** What a person can read: everything but style sheets. */
function text(): string {
  const copy = document.body.cloneNode(true) as HTMLElement
  for (const style of copy.querySelectorAll('style')) style.remove()
  return (copy.textContent ?? '').replaceAll('\u00a0', ' ')
}

async function until(seen: () => boolean): Promise<void> {
  await vi.waitFor(
    () => {
      if (!seen()) throw new Error(`not seen in: ${text().slice(0, 400)}`)
    },
    { timeout: 10_000, interval: 20 },
  )
}

const button = (name: string): HTMLButtonElement => {
  const found = [...document.querySelectorAll('button')].find(
    (one) => one.textContent === name || one.getAttribute('aria-label') === name,
  )
  if (found === undefined) throw new Error(`no button ${name}`)
  return found
}

test('the queue page shows the items in words and starts the queue', async () => {
  const made = open('/queue', { scenario: 'idle' })
  await until(() => text().includes('FeO-12 map'))
  expect(text()).toContain('Nothing is running')
  await until(() => text().includes('sam_y ±0.75 · sam_x ±1 mm · 31 × 41'))
  expect(button('Pause').getAttribute('aria-disabled')).toBe('true')
  button('Start queue').click()
  await until(() => text().includes('RUNNING'))
  expect(made.world.manager).toBe('executing_queue')
})

test('without the right to edit the controls say so and nothing can be added', async () => {
  open('/queue', { scenario: 'idle', without: ['write:queue:edit', 'write:queue:control'] })
  await until(() => text().includes('FeO-12 map'))
  expect(button('Start queue').getAttribute('aria-disabled')).toBe('true')
  expect(text()).toContain('Your account may not do this (write:queue:edit)')
})

test('a lost connection is said at once and the page recovers by itself', async () => {
  const made = open('/queue', { scenario: 'idle' })
  await until(() => text().includes('FeO-12 map'))
  made.disconnect()
  await until(() => text().includes('Connection lost'))
  expect(text()).toContain('FeO-12 map')
  expect(button('Start queue').getAttribute('aria-disabled')).toBe('true')
  made.connect()
  await until(() => !text().includes('Connection lost'))
})

test('a page whose data cannot be read says what, with the request and a retry', async () => {
  open('/runs', { scenario: 'idle', failing: '/api/runs' })
  await until(() => text().includes('The catalog file cannot be read.'))
  expect(text()).toContain('Request a1b2c3d4')
  expect(button('Retry')).toBeDefined()
})

test('without a login the key is asked for, and the wanted page opens after it', async () => {
  open('/services', { scenario: 'login' })
  await until(() => text().includes('Beamline 7'))
  const input = document.querySelector<HTMLInputElement>('input[type=password]')
  if (input === null) throw new Error('no key field')
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, 'secret')
  input.dispatchEvent(new Event('input', { bubbles: true }))
  button('Log in').click()
  await until(() => text().includes('Message bus, Kafka protocol'))
  expect(document.querySelector('input[type=password]')).toBeNull()
})

test('a failed plan is shown with its reason, its data and what can be done', async () => {
  open('/queue', { scenario: 'failed' })
  await until(() => text().includes('mono_energy did not reach 7.1735 keV within 30 s'))
  expect(text()).toContain('The plan is back at the front of the queue.')
  for (const name of ['Retry', 'Edit and retry', 'Skip']) expect(button(name)).toBeDefined()
})

test('the streams page lists the topics, and a topic its newest messages', async () => {
  open('/streams/topic/bl7_detector/messages', { scenario: 'idle' })
  await until(() => text().includes('bl7_motion'))
  await until(() => /mantle · 12\d{3} events/.test(text()))
  expect(document.querySelector('.topics-panel')?.textContent).toContain('3 of 3 shown')
})

test('a recording that is played shows its place and what lags behind', async () => {
  open('/streams/play', { scenario: 'idle' })
  await until(() => text().includes('night-41'))
  await until(() => text().includes('dashboard, replay.bl7_detector'))
  const pause = document.querySelector('.play-controls [aria-label="Pause"]')
  expect(pause?.hasAttribute('aria-disabled')).toBe(false)
})

test('the detectors page shows the size, the losses and the writer', async () => {
  // This environment has no worker that could draw; one that keeps silent stands for a detector without images.
  vi.stubGlobal(
    'Worker',
    class extends EventTarget {
      postMessage(): void {}
      terminate(): void {}
    },
  )
  open('/detectors', { scenario: 'idle' })
  await until(() => text().includes('eiger'))
  await until(() => text().includes('8 of 8'))
  await until(() => text().includes('scan-2041.h5'))
  expect(document.querySelectorAll('.figure-block.warned')).toHaveLength(1)
})

test('the files page shows the shape of a dataset', async () => {
  open('/files?file=%2Fdata%2Feiger%2Fscan-2041.h5&path=%2Fentry%2Fimage', { scenario: 'idle' })
  await until(() => text().includes('64 × 64'))
  expect(text()).toContain('float64')
  await until(() => text().includes('@units'))
})

test('live data shows an output of everything that runs, and its total', async () => {
  open('/data', { scenario: 'idle' })
  await until(() => text().includes('panel_0'))
  await until(() => /monitor_1.* cts/.test(text()))
  expect(document.querySelectorAll('.output-cell')).toHaveLength(3)
})
