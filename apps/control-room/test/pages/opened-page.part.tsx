import { createMemoryHistory } from '@tanstack/react-router'
import { createRoot } from 'react-dom/client'
import { vi } from 'vitest'
import { fakeServer, type FakeOptions, type FakeServer } from '../../gallery/fake-server/fake-transport.ts'
import { Application } from '../../src/app/application.tsx'
import { createControlRoom } from '../../src/app/control-room.ts'

/** A drawing surface that takes every call and draws nothing. */
const surface: unknown = new Proxy(
  {},
  {
    get: (_target, name) => (name === 'measureText' ? () => ({ width: 10 }) : () => undefined),
    set: () => true,
  },
)

export interface SentMessage {
  readonly op: string
  readonly id: number
  readonly ch?: string
  readonly args?: Readonly<Record<string, unknown>>
}

export interface OpenedPage {
  readonly server: FakeServer
  /** Subscriptions of a channel that hold now, by their arguments. */
  subscriptions(channel: string): readonly Readonly<Record<string, unknown>>[]
  /** What a request sent last, by method and path. */
  readonly requests: { readonly method: string; readonly path: string; readonly body: unknown }[]
  close(): void
}

/** The whole application on the fake server without a browser. Mocks are those of the test. */
export function openPage(page: string, options: FakeOptions): OpenedPage {
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600)
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1200)
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockImplementation(() => surface as never)
  Object.assign(window, { innerWidth: 1440 })
  const server = fakeServer(options)
  const open = new Map<number, SentMessage>()
  const requests: OpenedPage['requests'] = []
  const transport: FakeServer = {
    ...server,
    fetch(path, init) {
      if (init.method !== undefined)
        requests.push({
          method: init.method,
          path,
          body: typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : null,
        })
      return server.fetch(path, init)
    },
    openSocket(path) {
      const socket = server.openSocket(path)
      const send = socket.send.bind(socket)
      socket.send = (text) => {
        const message = JSON.parse(text) as SentMessage
        if (message.op === 'sub') open.set(message.id, message)
        if (message.op === 'unsub') open.delete(message.id)
        send(text)
      }
      return socket
    },
  }
  const room = createControlRoom({
    transport,
    storage: { getItem: () => null, setItem: () => undefined },
    requestFrame: (callback) => setTimeout(() => callback(performance.now()), 0),
  })
  const element = document.createElement('div')
  document.body.append(element)
  const root = createRoot(element)
  root.render(<Application room={room} history={createMemoryHistory({ initialEntries: [page] })} />)
  return {
    server,
    requests,
    subscriptions: (channel) =>
      [...open.values()].filter(({ ch }) => ch === channel).map(({ args }) => args ?? {}),
    close() {
      root.unmount()
      server.close()
      document.body.replaceChildren()
      vi.restoreAllMocks()
      vi.unstubAllGlobals()
    },
  }
}

/** What a person can read: everything but style sheets. */
export function shownText(): string {
  const copy = document.body.cloneNode(true) as HTMLElement
  for (const style of copy.querySelectorAll('style')) style.remove()
  return (copy.textContent ?? '').replaceAll('\u00a0', ' ')
}

export async function until(seen: () => boolean): Promise<void> {
  await vi.waitFor(
    () => {
      if (!seen()) throw new Error(`not seen in: ${shownText().slice(0, 600)}`)
    },
    { timeout: 10_000, interval: 20 },
  )
}

/** The element with this name, by its label or its text. */
export function named<T extends HTMLElement = HTMLElement>(selector: string, name: string): T {
  const found = [...document.querySelectorAll<T>(selector)].find(
    (one) => one.getAttribute('aria-label') === name || one.textContent?.trim() === name,
  )
  if (found === undefined) throw new Error(`no ${selector} ${name} in: ${shownText().slice(0, 600)}`)
  return found
}
