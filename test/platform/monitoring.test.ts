import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '@beamtime/service-kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Platform, root, until } from './platform.ts'

interface Panel {
  readonly title: string
  readonly targets?: readonly { readonly expr: string }[]
}

const dashboard = JSON.parse(readFileSync(join(root, 'deploy/grafana/beamtime.json'), 'utf8')) as {
  readonly uid: string
  readonly panels: readonly Panel[]
}
const rules = readFileSync(join(root, 'deploy/prometheus/beamtime-rules.yml'), 'utf8')

const wanted: readonly (readonly [place: string, expression: string])[] = [
  ...dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => [`panel ${title}`, expr] as const),
  ),
  ...Array.from(
    rules.matchAll(/- (?:alert|record): (\S+)\n(?:\s+#.*\n)?\s+expr: (.*)/g),
    ([, name = '', expr = '']) => [`rule ${name}`, expr] as const,
  ),
]

let platform: Platform
/** `[metrics] listen`. */
let listen: string
/** Names of samples that the platform tells, as Prometheus stores them. */
let samples: ReadonlySet<string>

beforeAll(async () => {
  listen = `127.0.0.1:${await freePort()}`
  platform = await Platform.start(`[metrics]\nlisten = "${listen}"`)
  const status = await platform.status()
  const text = await until('metrics of every service', async () => {
    const answer = await (await fetch(`${platform.url}/metrics`)).text()
    const told = new Set(Array.from(answer.matchAll(/^beamtime_up\{role="([^"]+)"/gm), ([, role]) => role))
    return status.services.every(({ role }) => told.has(role.split('@')[0])) && answer
  })
  samples = new Set(
    Array.from(text.matchAll(/^# TYPE (\S+) (\S+)$/gm)).flatMap(([, name = '', type]) =>
      type === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name],
    ),
  )
}, 60_000)

afterAll(() => platform.dispose())

test('every rule was found in the file', () => {
  const rulesFound = wanted.filter(([place]) => place.startsWith('rule ')).length
  expect(rulesFound).toBe(rules.match(/- (alert|record): /g)?.length)
})

test('every metric of the dashboard and the rules is told by a running platform', () => {
  const missing = wanted.flatMap(([place, expression]) =>
    Array.from(expression.matchAll(/\bbeamtime_\w+/g), ([name]) => name)
      .filter((name) => !samples.has(name))
      .map((name) => `${place}: ${name}`),
  )
  expect(missing).toEqual([])
  expect(wanted.every(([, expression]) => expression.includes('beamtime'))).toBe(true)
})

test('every recorded series that a rule uses is recorded', () => {
  const recorded = new Set(Array.from(rules.matchAll(/- record: (\S+)/g), ([, name]) => name))
  const used = wanted.flatMap(([, expression]) =>
    Array.from(expression.matchAll(/\bbeamtime:[\w:]+/g), ([name]) => name),
  )
  expect(used.filter((name) => !recorded.has(name))).toEqual([])
  expect(used).not.toEqual([])
})

test('the memory of the broker is shown as heap and the rest, as the Java one was', () => {
  const panel = dashboard.panels.find(({ title }) => title === 'Broker: heap and non-heap')
  expect(panel?.targets?.map(({ expr }) => expr)).toEqual([
    'beamtime_heap_bytes{role="bus"}',
    'beamtime_rss_bytes{role="bus"} - on (role, job) beamtime_heap_bytes{role="bus"}',
  ])
})

test('the address for metrics tells what the gateway tells, of every service, without a login', async () => {
  const text = await (await fetch(`http://${listen}/metrics`)).text()
  const names = new Set(Array.from(text.matchAll(/^# TYPE (\S+) /gm), ([, name]) => name))
  const ofGateway = await (await fetch(`${platform.url}/metrics`)).text()
  const missing = Array.from(ofGateway.matchAll(/^# TYPE (\S+) /gm), ([, name]) => name).filter(
    (name) => !names.has(name),
  )
  expect(missing).toEqual([])
  const ready = (await (await fetch(`http://${listen}/readyz`)).json()) as { readonly status: string }
  expect(ready.status).toBe('ready')
})
