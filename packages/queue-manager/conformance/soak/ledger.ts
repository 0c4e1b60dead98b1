/** What a soak did to each plan, by the key that the plan carries, and what must follow from it. */
import type { Marks } from './marks.ts'
import type { HistoryEntry, Snapshot } from './snapshot.ts'

interface Fate {
  /** `asked`: nobody answered, so it is there or not. `executed`: beside the queue. */
  entered: 'asked' | 'added' | 'executed'
  /** `asked`: it may be gone. A number: it is gone, and had begun so often. */
  removed: 'no' | 'asked' | number
  /** It ended while loop mode was or may have been on. */
  looped: boolean
  /** It failed while failures were or may have been ignored. */
  forgiven: boolean
  done: number
  completed: number
  entries: number
  /** Plan and outcomes, to be told. */
  story: string
}

/** Modes that were on at some moment since the last look. */
interface PossibleModes {
  loop: boolean
  ignoreFailures: boolean
}

export class Ledger {
  readonly #fates = new Map<string, Fate>()
  readonly #seenUids = new Set<string>()
  readonly statuses: Record<string, number> = {}
  possible: PossibleModes = { loop: false, ignoreFailures: false }

  get items(): number {
    return this.#fates.size
  }

  /** About to be asked for; `confirm` or `refuse` follow when there is an answer. */
  ask(keys: readonly string[], entered: 'asked' | 'executed' = 'asked'): void {
    for (const key of keys) {
      this.#fates.set(key, {
        entered,
        removed: 'no',
        looped: false,
        forgiven: false,
        done: 0,
        completed: 0,
        entries: 0,
        story: entered,
      })
    }
  }

  confirm(keys: readonly string[]): void {
    for (const key of keys) this.#set(key, { entered: 'added' })
  }

  refuse(keys: readonly string[]): void {
    for (const key of keys) this.#set(key, { removed: 0 })
  }

  /** About to be taken out. */
  askRemoval(keys: readonly string[]): void {
    for (const key of keys) this.#set(key, { removed: 'asked' })
  }

  confirmRemoval(keys: readonly string[], marks: Marks): void {
    for (const key of keys) this.#set(key, { removed: marks.begins(key) })
  }

  refuseRemoval(keys: readonly string[]): void {
    for (const key of keys) this.#set(key, { removed: 'no' })
  }

  #set(key: string, part: Partial<Fate>): void {
    const fate = this.#fates.get(key)
    if (fate !== undefined) Object.assign(fate, part)
  }

  /** Entries are counted once; they may be cleared afterwards. */
  #readHistory(history: readonly HistoryEntry[]): readonly string[] {
    return history.flatMap((entry) => {
      if (this.#seenUids.has(entry.item_uid)) return []
      this.#seenUids.add(entry.item_uid)
      const { exit_status: status } = entry.result
      this.statuses[status] = (this.statuses[status] ?? 0) + 1
      const key = entry.kwargs?.key ?? ''
      const fate = this.#fates.get(key)
      if (fate === undefined) return [`history has '${key}', which nobody added`]
      enter(fate, status, this.possible)
      fate.story += `; ${entry.name} ${JSON.stringify({ ...entry.result, traceback: '' }).slice(0, 400)}`
      return endProblems(key, entry)
    })
  }

  /** `marks` were read before the snapshot was taken; `after` reads those of now. */
  problems(snapshot: Snapshot, marks: ReadonlyMap<string, number>, after: Marks): readonly string[] {
    const { items, running, history } = snapshot
    const problems = [...uidProblems(snapshot), ...this.#readHistory(history)]
    const places = new Map<string, number>()
    for (const { kwargs } of running === null ? items : [...items, running]) {
      if (kwargs?.key !== undefined) places.set(kwargs.key, (places.get(kwargs.key) ?? 0) + 1)
    }
    for (const key of places.keys()) {
      if (!this.#fates.has(key)) problems.push(`the queue has '${key}', which nobody added`)
    }
    const runningKey = running?.kwargs?.key ?? null
    for (const [key, fate] of this.#fates) {
      const seen = {
        places: places.get(key) ?? 0,
        isRunning: key === runningKey,
        begins: marks.get(key) ?? 0,
        ends: after.ends(key),
      }
      const found = [...placeProblems(fate, seen), ...executionProblems(fate, seen)]
      for (const problem of found)
        problems.push(`${key} ${problem} (${fate.story}; began ${seen.begins}, ended ${seen.ends} times)`)
    }
    return problems
  }
}

function enter(fate: Fate, status: string, possible: PossibleModes): void {
  fate.entries += 1
  if (status === 'completed') fate.completed += 1
  if (status === 'completed' || status === 'stopped') fate.done += 1
  if (possible.loop) fate.looped = true
  if (status === 'failed' && possible.ignoreFailures) fate.forgiven = true
}

function endProblems(key: string, entry: HistoryEntry): readonly string[] {
  const { exit_status: status, msg } = entry.result
  if (status === 'unknown') return [`the end of ${key} is unknown: ${msg}`]
  return status === 'failed' && !isExpectedFailure(entry) ? [`${key} failed: ${msg}`] : []
}

/** Plans fail when they were written to, and when their worker was killed or destroyed. */
function isExpectedFailure({ name, result }: HistoryEntry): boolean {
  if (result.msg.startsWith('RE Worker ')) return true
  return name === 'mark_and_fail' && result.msg.includes('as ordered')
}

function uidProblems({ items, running, history }: Snapshot): readonly string[] {
  const queued = new Set(items.map(({ item_uid }) => item_uid))
  const past = new Set(history.map(({ item_uid }) => item_uid))
  const problems: string[] = []
  if (queued.size < items.length) problems.push('an item_uid is in the queue twice')
  if (past.size < history.length) problems.push('an item_uid is in the history twice')
  for (const uid of queued) if (past.has(uid)) problems.push(`${uid} is in queue and history`)
  if (running !== null && (queued.has(running.item_uid) || past.has(running.item_uid)))
    problems.push(`${running.item_uid} is running and in queue or history`)
  return problems
}

interface Seen {
  /** Times that it is in the queue or running. */
  readonly places: number
  readonly isRunning: boolean
  /** Times that the plan itself says it began, as of before, and came to its end, as of now. */
  readonly begins: number
  readonly ends: number
}

function placeProblems(fate: Fate, { places, isRunning }: Seen): readonly string[] {
  const { looped, done, entered, removed } = fate
  const rules: readonly (readonly [isBroken: boolean, problem: string])[] = [
    [places > 1, 'is in the queue more than once'],
    [entered === 'executed' && places > (isRunning ? 1 : 0), 'was to be executed and is in the queue'],
    [typeof removed === 'number' && places > 0, 'was removed and is in the queue'],
    [!looped && done > 1, 'was done more than once'],
    [!looped && done > 0 && places > 0, 'is done and still in the queue'],
    [!mayBeGone(fate) && places === 0, 'is lost'],
  ]
  return rules.flatMap(([isBroken, problem]) => (isBroken ? [problem] : []))
}

function mayBeGone({ removed, entered, forgiven, looped, done }: Fate): boolean {
  return removed !== 'no' || entered !== 'added' || forgiven || looped || done > 0
}

function executionProblems(fate: Fate, { begins, ends, isRunning }: Seen): readonly string[] {
  const problems: string[] = []
  if (begins > fate.entries + (isRunning ? 1 : 0)) problems.push('ran without an entry in the history')
  if (fate.completed > ends) problems.push('completed without having run')
  if (typeof fate.removed === 'number' && begins > fate.removed) problems.push('ran after it was removed')
  return problems
}
