import { createMemoryHistory } from '@tanstack/react-router'
import { createRoot } from 'react-dom/client'
import { Application } from '../src/app/application.tsx'
import { createControlRoom } from '../src/app/control-room.ts'
import { defaultPrefs } from '../src/stores/prefs-store.ts'
import '../src/theme/theme.ts'
import { fakeServer, type FakeServer } from './fake-server/fake-transport.ts'
import { scenarios } from './fake-server/world.ts'

/* The whole application without a server. In the address:
 *   page=/queue        where to start            scenario=running|map|idle|failed|empty|closed|late|paused|huge|fresh|login
 *   theme=dark|light   slow=1500 (ms per answer)  failing=/api/runs  without=write:queue:edit,read:console  offline=1 */
const query = new URLSearchParams(location.search)
const scenario = scenarios.find((name) => name === query.get('scenario')) ?? 'running'
const theme = (['dark', 'light', 'contrast'] as const).find((name) => name === query.get('theme')) ?? 'dark'
const without = query.get('without')
const server = fakeServer({
  scenario,
  delayMs: Number(query.get('slow') ?? 2),
  failing: query.get('failing') ?? undefined,
  ...(without === null ? {} : { without: without.split(',') }),
})

const stored = new Map([
  ['cr.prefs', JSON.stringify({ ...defaultPrefs, theme, metadata: { proposal: '2026-0417' } })],
])
const room = createControlRoom({
  transport: server,
  storage: {
    getItem: (key) => stored.get(key) ?? null,
    setItem: (key, value) => void stored.set(key, value),
  },
  requestFrame: (callback) => requestAnimationFrame(callback),
})

declare global {
  interface Window {
    fakeServer: FakeServer
  }
}
window.fakeServer = server
if (query.get('offline') !== null) setTimeout(() => server.disconnect(), 1_500)

const element = document.getElementById('root')
if (element !== null)
  createRoot(element).render(
    <Application
      room={room}
      history={createMemoryHistory({ initialEntries: [query.get('page') ?? '/queue'] })}
    />,
  )
