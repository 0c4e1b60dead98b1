import type { EventLedger, MessageSpan } from './event-ledger.ts'
import { eventsPerMessage } from './event-pool.ts'
import type { ResultAudit } from './result-audit.ts'
import type { SourceEnd } from './start-source.ts'

export interface SoakFacts {
  readonly rate: number
  readonly sent: SourceEnd
  readonly topicEnd: number
  readonly audit: ResultAudit
  readonly ledger: EventLedger
  /** Of the pages and of waiting. */
  readonly problems: readonly string[]
  readonly serviceKills: number
  readonly brokerKills: number
  readonly crashes: number
  readonly minutes: number
  readonly pageChecks: number
  readonly largestDiskMb: number
  readonly mostMb: Readonly<Record<string, number>>
}

export interface Check {
  readonly ok: boolean
  readonly text: string
}

const mostDiskMb = 6_144
const mostProcessMb = 1_536
/** From the kill of the broker until it takes events again. */
const mostOutageS = 20
/** Results that may be missing while things are killed, as a part of one a second. */
const leastResultsPerMinute = 30

/** What was asked for, point by point. */
export function verdict(facts: SoakFacts): {
  readonly figures: Record<string, unknown>
  readonly checks: readonly Check[]
} {
  const { sent, audit, ledger } = facts
  const spans = audit.generations.flatMap(({ spans: [span] }) => (span === undefined ? [] : [span]))
  const events = (some: readonly MessageSpan[]): number =>
    some.reduce((sum, span) => sum + ledger.eventsIn(span), 0)
  const books = {
    counted: events(spans),
    uncounted: events(spans.map(({ from }, index) => ({ from: spans[index - 1]?.to ?? 0, to: from }))),
    inRange: ledger.eventsIn({ from: 0, to: sent.messages }),
  }
  return {
    figures: {
      events: sent.messages * eventsPerMessage,
      eventsPerS: Math.round(rateOf(sent)),
      counted: books.counted,
      uncounted: books.uncounted,
      holes: audit.holes,
      lagMs95: quantile(audit.lagsMs, 0.95),
      lagMsWorst: quantile(audit.lagsMs, 1),
      mostMb: facts.mostMb,
    },
    checks: [...countChecks(facts, { spans, ...books }), ...loadChecks(facts)],
  }
}

interface Books {
  readonly spans: readonly MessageSpan[]
  readonly counted: number
  readonly uncounted: number
  readonly inRange: number
}

function countChecks(facts: SoakFacts, books: Books): readonly Check[] {
  const { sent, topicEnd, audit, serviceKills, minutes } = facts
  const { spans, counted, uncounted, inRange } = books
  const isWhole = sent.misplaced === 0 && sent.acknowledged === sent.sent && topicEnd === sent.sent
  return [
    {
      ok: sent.failure === null && isWhole,
      text: `the topic has each of ${sent.sent} messages once and in order ${sent.failure ?? ''}`,
    },
    {
      ok: audit.problems.length === 0 && audit.lagsMs.length > minutes * leastResultsPerMinute,
      text: `${audit.lagsMs.length} images are, bin for bin, those of a span of the topic ${audit.problems[0] ?? ''}`,
    },
    { ok: (spans.at(-1)?.to ?? 0) >= sent.messages, text: 'the last image counts the last event' },
    {
      ok: spans.length === serviceKills + 1,
      text: `${spans.length} counts since a start for ${serviceKills} kills of the service: those of broker and browser ended none`,
    },
    {
      ok: counted + uncounted === inRange,
      text: `${counted} events counted + ${uncounted} sent between them = ${inRange} sent`,
    },
  ]
}

function loadChecks(facts: SoakFacts): readonly Check[] {
  const { sent, problems, rate, minutes, pageChecks, crashes, brokerKills, largestDiskMb, mostMb } = facts
  const leftOutS = sent.skipped / 14
  const isSmall = Object.values(mostMb).every((mb) => mb <= mostProcessMb)
  return [
    {
      ok: problems.length === 0,
      text: `the page showed exact counts of the running job ${pageChecks} times ${problems.join('; ')}`,
    },
    {
      ok: rateOf(sent) >= 0.95 * rate && leftOutS <= mostOutageS * brokerKills + 0.02 * sent.seconds,
      text: `${rateOf(sent).toPrecision(3)} events/s for ${minutes} minutes; ${leftOutS.toFixed(1)} s left out while the broker was down or behind (${brokerKills} kills)`,
    },
    { ok: crashes === 0, text: `${crashes} processes ended by themselves` },
    {
      ok: largestDiskMb <= mostDiskMb && isSmall,
      text: `at most ${largestDiskMb} MB on disk, memory in MB ${JSON.stringify(mostMb)}`,
    },
  ]
}

/** While the source was sending: what a broker that is down does not take is left out, as by a facility without beam. */
function rateOf({ messages, seconds, skipped }: SourceEnd): number {
  return (messages * eventsPerMessage) / (seconds - skipped / 14)
}

export function quantile(samples: readonly number[], fraction: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? 0)
}
