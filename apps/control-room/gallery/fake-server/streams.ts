import type {
  GroupDetail,
  GroupState,
  MessageDetail,
  MessageRow,
  MessagesPage,
  PlaySummary,
  RecordingDetail,
  RecordingMark,
  RecordingSummary,
  SchemaDetail,
  SchemasPage,
  TopicDetail,
  TopicsSnap,
  TopicSummary,
} from '@beamtime/http-gateway/ui-types'

/* Topics, groups, a recording and a play, as the streams page asks for them. */

const startMs = Date.now()
const pageRows = 50

interface Seed {
  readonly name: string
  readonly partitions: number
  readonly first: number
  readonly perSecond: number
  readonly format: string
  readonly summary: (offset: number) => string
}

const seeds: readonly Seed[] = [
  {
    name: 'bl7.bluesky.documents',
    partitions: 1,
    first: 48_211,
    perSecond: 4,
    format: 'document:event',
    summary: (offset) => `event ${offset % 101} of run 2041, primary`,
  },
  {
    name: 'bl7_detector',
    partitions: 2,
    first: 8_123_456,
    perSecond: 14,
    format: 'ev44',
    summary: (offset) => `mantle · ${12_000 + (offset % 700)} events`,
  },
  {
    name: 'bl7_motion',
    partitions: 1,
    first: 91_022,
    perSecond: 2,
    format: 'json',
    summary: (offset) => `{"device":"th","value":${((offset % 200) / 100 - 1).toFixed(2)}}`,
  },
]

const latest = ({ first, perSecond }: Seed): number =>
  first + Math.floor(((Date.now() - startMs) / 1_000) * perSecond)

export function topicsSnap(): TopicsSnap {
  const topics = seeds.map((seed): TopicSummary => ({
    name: seed.name,
    isInternal: false,
    partitions: seed.partitions,
    messages: latest(seed),
    rate: seed.perSecond,
    lastMs: Date.now(),
    lagMax: 3,
    groups: 1,
    format: seed.format.replace('document:event', 'bluesky'),
  }))
  return {
    topics,
    groups: [groupState()],
    rate: topics.reduce((sum, { rate }) => sum + (rate ?? 0), 0),
    error: null,
  }
}

function groupState(): GroupState {
  const topics = seeds.map((seed) => ({
    topic: seed.name,
    lag: 3,
    partitions: [{ partition: 0, committed: latest(seed) - 3, latest: latest(seed), lag: 3 }],
  }))
  return { id: 'beamtime-store', state: 'Stable', members: 1, lag: 9, topics }
}

function groupDetail(): GroupDetail {
  const assigned = seeds.map(({ name }) => ({ topic: name, partitions: [0] }))
  return {
    ...groupState(),
    protocol: 'range',
    memberList: [{ id: 'store-1', client: 'store', host: '127.0.0.1', assigned }],
  }
}

function rowOf(seed: Seed, offset: number): MessageRow {
  return {
    topic: seed.name,
    partition: 0,
    offset,
    t: Math.round(startMs + ((offset - seed.first) / seed.perSecond) * 1_000),
    key: null,
    bytes: seed.format === 'ev44' ? 100_416 : 380,
    format: seed.format,
    summary: seed.summary(offset),
  }
}

function messagesOf(seed: Seed, query: URLSearchParams): MessagesPage {
  const isForward = query.get('dir') === 'forward'
  const from = Number(query.get('cursor') ?? (isForward ? 0 : latest(seed) - 1))
  const offsets = Array.from({ length: pageRows }, (_, index) => from + (isForward ? index : -index)).filter(
    (offset) => offset >= 0 && offset < latest(seed),
  )
  const filter = (query.get('filter') ?? '').toLowerCase()
  const messages = offsets
    .map((offset) => rowOf(seed, offset))
    .filter(({ summary }) => summary.toLowerCase().includes(filter))
  return {
    messages,
    scanned: offsets.length,
    bytes: offsets.length * 380,
    done: offsets.length < pageRows,
    cursor: String(from + (isForward ? pageRows : -pageRows)),
    total: latest(seed),
  }
}

function messageOf(seed: Seed, offset: number): MessageDetail {
  const row = rowOf(seed, offset)
  const hex = Array.from(new TextEncoder().encode(row.summary), (byte) => byte.toString(16).padStart(2, '0'))
  return { ...row, headers: [], value: { summary: row.summary, offset }, hex: hex.join(''), alert: null }
}

function topicDetail(seed: Seed): TopicDetail {
  return {
    name: seed.name,
    partitions: Array.from({ length: seed.partitions }, (_, partition) => ({
      partition,
      earliest: 0,
      latest: latest(seed),
    })),
    configs: { 'cleanup.policy': 'delete', 'retention.ms': '604800000', 'max.message.bytes': '10485760' },
  }
}

const recording: RecordingSummary = {
  id: 'night-41',
  name: 'night-41',
  created: new Date(startMs - 86_400_000).toISOString(),
  closed: true,
  topics: [{ name: 'bl7_detector', partitions: 2, format: 'ev44' }],
  count: 151_200,
  bytes: 15_182_899_200,
  firstTs: startMs - 97_200_000,
  lastTs: startMs - 86_400_000,
  progress: null,
  error: null,
}

/** Six runs, the third of them ended badly, and a break behind the fourth. */
function recordingDetail(): RecordingDetail {
  const firstTs = recording.firstTs ?? 0
  const marks = Array.from({ length: 6 }, (_, run): RecordingMark[] => {
    const fromPct = run * 16 + (run > 3 ? 2 : 0)
    const uid = `run-${run}`
    const at = (pct: number): number => firstTs + pct * 108_000
    const mark = { uid, durationMs: 0 }
    return [
      { ...mark, kind: 'start', ts: at(fromPct), pct: fromPct, label: `scan ${2041 + run}, scan` },
      {
        ...mark,
        kind: 'stop',
        ts: at(fromPct + 14),
        pct: fromPct + 14,
        label: run === 2 ? 'fail' : 'success',
      },
    ]
  }).flat()
  const gap: RecordingMark = {
    kind: 'gap',
    ts: firstTs + 62 * 108_000,
    pct: 63,
    uid: null,
    label: '',
    durationMs: 480_000,
  }
  return { ...recording, rates: [], partitions: [], marks: [...marks, gap] }
}

const schemas: SchemasPage = {
  registry: 'http://127.0.0.1:8081',
  subjects: [
    { name: 'bl7_motion-value', version: 2, id: 7, type: 'AVRO' },
    { name: 'survey_alerts-value', version: 1, id: 704, type: 'AVRO' },
  ],
}

function schemaDetail(name: string): SchemaDetail {
  const fields = [
    { name: 'device', type: 'string' },
    { name: 'value', type: 'double' },
  ]
  const later = [...fields, { name: 'unit', type: 'string', default: 'mm' }]
  const version = (number: number, of: unknown): SchemaDetail['versions'][number] => ({
    version: number,
    id: 5 + number,
    type: 'AVRO',
    schema: JSON.stringify({ type: 'record', name: 'Motion', fields: of }),
    references: [],
  })
  return {
    name,
    compatibility: 'BACKWARD',
    isCompatibilityOwn: false,
    versions: [version(2, later), version(1, fields)],
    older: 0,
  }
}

export function plays(): readonly PlaySummary[] {
  const seconds = (Date.now() - startMs) / 1_000
  const sent = Math.floor(51_400 + seconds * 140)
  return [
    {
      id: 'play-1',
      source: 'night-41',
      topics: ['replay.bl7_detector'],
      started: new Date(startMs).toISOString(),
      speed: 10,
      progress: {
        state: 'playing',
        pass: 0,
        position: { n: sent, ts: startMs - 90_000_000, pct: Math.min(100, (sent / 151_200) * 100) },
        sent,
        acked: sent - 2,
        failed: 0,
        bytes: sent * 100_416,
        rate: { msg: 140, bytes: 14_058_240 },
        lag: { meanMs: 0.3, maxMs: 4 },
        queue: 2,
        elapsedMs: seconds * 1_000,
        etaMs: Math.max(0, ((151_200 - sent) / 140) * 1_000),
        groups: [{ group: 'dashboard', topic: 'replay.bl7_detector', lag: 0 }],
      },
      result: null,
      error: null,
    },
  ]
}

const fixed: Readonly<Record<string, () => unknown>> = {
  '/recordings': () => [recording],
  '/recordings/night-41': recordingDetail,
  '/streams/schemas': () => schemas,
  '/plays': plays,
  '/streams/groups/beamtime-store': groupDetail,
}

/** Answers of the routes under /streams, /recordings and /plays; undefined for others. */
export function getStreams(path: string, query: URLSearchParams): unknown {
  const [, subject] = /^\/streams\/schemas\/([^/]+)$/.exec(path) ?? []
  if (subject !== undefined) return schemaDetail(decodeURIComponent(subject))
  return fixed[path]?.() ?? getTopic(path, query)
}

function getTopic(path: string, query: URLSearchParams): unknown {
  const [, name = '', rest = ''] = /^\/streams\/topics\/([^/]+)(.*)$/.exec(path) ?? []
  const seed = seeds.find((one) => one.name === decodeURIComponent(name))
  if (seed === undefined) return undefined
  if (rest === '') return topicDetail(seed)
  if (rest === '/messages') return messagesOf(seed, query)
  const offset = /^\/messages\/\d+\/(\d+)$/.exec(rest)?.[1]
  return offset === undefined ? undefined : messageOf(seed, Number(offset))
}
