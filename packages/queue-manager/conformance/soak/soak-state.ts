/** What the parts of a soak share. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { StatusObject } from '../../src/index.ts'
import { CallBook, SoakClient, type Reply } from './client.ts'
import type { Family } from './family.ts'
import { Ledger } from './ledger.ts'
import { Marks } from './marks.ts'
import { Observer } from './observer.ts'
import { countProblems, sameUidProblems, takeSnapshot, type Snapshot } from './snapshot.ts'

export const owner = { user: 'soak', user_group: 'root' }

const queueMethods = /^queue_(item_(add|update|remove|move|execute)|clear|proposal_approve)/

/** Problems that are kept; the rest is only counted. */
const maxProblems = 50

export class SoakState {
  readonly family: Family
  readonly book = new CallBook()
  readonly ledger = new Ledger()
  readonly marks: Marks
  readonly observer: Observer
  /** The one client that changes anything. */
  readonly writer: SoakClient
  /** A client that only reads, all the time. */
  readonly reader: SoakClient
  readonly random: (below: number) => number
  readonly problems: string[] = []
  problemCount = 0
  checks = 0
  probes = 0
  readonly kills: Record<string, number> = {}
  readonly restartsMs: number[] = []
  readonly #told = new Set<string>()
  #nextKey = 0
  #before: Snapshot | null = null
  /** When the queue or the history was last changed by a request, for the rules of the uids. */
  readonly #touchedMs = { queue: 0, history: 0 }
  #turn: Promise<void> = Promise.resolve()

  /** A script that sets a variable, in the language of the worker. */
  readonly script: (value: number) => string

  constructor(
    family: Family,
    { random, worker }: { random: (below: number) => number; worker: 'native' | 'python' },
  ) {
    this.family = family
    this.random = random
    this.script = (value) =>
      worker === 'python' ? `uploaded = ${value}\n` : `export const uploaded = ${value}\n`
    this.marks = new Marks(family.marks)
    this.writer = new SoakClient(family.control, this.book)
    this.reader = new SoakClient(family.control, this.book)
    this.observer = new Observer({
      address: family.info,
      mayChange: (what) =>
        performance.now() - this.#touchedMs[what] < 1_000 || (what === 'queue' && this.ledger.possible.loop),
      problem: (text) => this.problem(text),
    })
  }

  /** Each is told once. */
  problem(text: string): void {
    if (this.#told.has(text)) return
    this.#told.add(text)
    this.problemCount += 1
    if (this.problems.length >= maxProblems) return
    this.problems.push(text)
    console.log(`PROBLEM after ${this.book.total} requests: ${text}`)
  }

  /** A request of the client that changes things. */
  async call(method: string, params?: Reply): Promise<Reply | null> {
    const touch = (): void => {
      if (queueMethods.test(method)) this.#touchedMs.queue = performance.now()
      if (method === 'history_clear') this.#touchedMs.history = performance.now()
    }
    touch()
    const reply = await this.writer.call(method, params)
    touch()
    return reply
  }

  async status(): Promise<StatusObject | null> {
    return (await this.writer.call('status')) as StatusObject | null
  }

  /** Whoever has the turn is the only one to kill anything. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#turn
    let done = (): void => undefined
    this.#turn = new Promise((resolve) => (done = resolve))
    await before
    try {
      return await work()
    } finally {
      done()
    }
  }

  /** No manager is there: clients know that nothing is answered. */
  cutOff(): void {
    this.observer.restarted()
    this.writer.cutOff()
    this.reader.cutOff()
  }

  async answered(): Promise<void> {
    const probe = new SoakClient(this.family.control, this.book)
    if ((await probe.call('status')) === null) this.problem('no manager answers')
    probe.close()
  }

  newKeys(count: number): readonly string[] {
    return Array.from({ length: count }, () => `k${this.#nextKey++}`)
  }

  /** Waits until the predicate holds; false after the time. */
  async until(predicate: (status: StatusObject) => boolean, timeoutMs = 30_000): Promise<boolean> {
    const deadline = performance.now() + timeoutMs
    while (performance.now() < deadline) {
      const status = await this.status()
      if (status !== null && predicate(status)) return true
      await sleep(10)
    }
    return false
  }

  /** Compares everything that is known with what queue and history say. */
  async check(): Promise<Snapshot | null> {
    this.marks.read()
    const begins = this.marks.allBegins()
    const snapshot = await takeSnapshot(this.writer)
    if (snapshot === null) return null
    this.marks.read()
    this.checks += 1
    const problems = [
      ...this.ledger.problems(snapshot, begins, this.marks),
      ...countProblems(snapshot),
      ...(this.#before === null ? [] : sameUidProblems(this.#before, snapshot)),
    ]
    const { loop, ignore_failures: ignoreFailures } = snapshot.status.plan_queue_mode
    this.ledger.possible = { loop, ignoreFailures }
    this.#before = snapshot
    for (const problem of problems) this.problem(problem)
    return snapshot
  }

  async close(): Promise<void> {
    this.writer.close()
    this.reader.close()
    this.observer.close()
    for (const problem of await this.family.close()) this.problem(problem)
    this.marks.close()
  }
}
