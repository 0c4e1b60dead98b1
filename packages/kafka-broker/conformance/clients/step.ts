import { setTimeout as delay } from 'node:timers/promises'
import type { CaseResult, Outcome } from '../case.ts'

/** What each client is asked to do, in this order. The columns of the matrix. */
export const stepNames = [
  'create',
  'list',
  'none',
  'gzip',
  'snappy',
  'lz4',
  'zstd',
  'consume',
  'group',
  'rebalance',
  'seek offset',
  'seek time',
  'delete',
] as const
export type StepName = (typeof stepNames)[number]

export const codecNames = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
export type CodecName = (typeof codecNames)[number]

/** Records that every client sends with every codec. */
export const sentValues: readonly string[] = Array.from({ length: 300 }, (_, i) => `${i} ${'v'.repeat(i)}`)

/** Where the steps of one client run. */
export interface StepPlace {
  /** host:port */
  readonly server: string
  /** Name of a topic or group that belongs to this client alone. */
  named(what: string): string
}

export interface ClientSteps {
  readonly client: string
  version(): Promise<string>
  /** Each throws when the client cannot do it. */
  readonly steps: Readonly<Partial<Record<StepName, (place: StepPlace) => Promise<void>>>>
  /** Why the other steps are nothing that this client does. */
  readonly unsupported: Readonly<Partial<Record<StepName, string>>>
}

export interface StepResult extends CaseResult {
  readonly version: string
  readonly name: StepName
}

/** Begin of the names of a client's topics. */
export function prefixOf(client: string): string {
  return client.replace(/[^a-z0-9]+/gi, '-').toLowerCase()
}

const stepTimeoutMs = 120_000

/** Runs the steps of one client; told as they end. */
export async function runSteps(
  client: ClientSteps,
  server: string,
  tell: (result: StepResult) => void,
): Promise<void> {
  const prefix = prefixOf(client.client)
  const place: StepPlace = { server, named: (what) => `${prefix}-${what.replaceAll(' ', '-')}` }
  const version = await client.version()
  for (const name of stepNames) {
    const outcome = await outcomeOf(client, name, place)
    tell({ client: client.client, version, name, outcome })
  }
}

async function outcomeOf(client: ClientSteps, name: StepName, place: StepPlace): Promise<Outcome> {
  const reason = client.unsupported[name]
  if (reason !== undefined) return { kind: 'unsupported', reason }
  const step = client.steps[name]
  if (step === undefined) return { kind: 'fail', reason: 'no such step was written' }
  const stop = new AbortController()
  try {
    const late = delay(stepTimeoutMs, undefined, { signal: stop.signal }).then(() => {
      throw new Error(`not done after ${stepTimeoutMs / 1_000} s`)
    })
    await Promise.race([step(place), late])
    return { kind: 'pass' }
  } catch (error) {
    return { kind: 'fail', reason: error instanceof Error ? error.message : String(error) }
  } finally {
    stop.abort()
  }
}

/** Asks until the answer is right, at most 30 s: a real cluster tells of changes a little later. */
export async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`not after 30 s: ${what}`)
    await delay(100)
  }
}
