import { StreamFormatError } from '@beamtime/stream-formats'
import { decodeCommand } from '../core/jobs/command.ts'
import { LiveDataError } from '../error.ts'
import type { LiveCommand, LiveCommandResult, LiveNotice, LiveState, LiveWorkflow } from '../ui-types.ts'
import { jobMessage, regionsMessage, startMessage } from './command-messages.ts'
import { Generations } from './generations.ts'
import { OutputBook } from './output-book.ts'
import { answerMs, answerOf, PendingCommands } from './pending-commands.ts'
import { ResultNames, type ResultKey } from './result-key.ts'
import { StatusBook } from './status-book.ts'

export type ViewEvent =
  | { readonly kind: 'status' | 'answer' | 'data'; readonly value: Uint8Array; readonly atMs: number }
  | {
      readonly kind: 'command-seen'
      readonly key: Uint8Array | null
      readonly value: Uint8Array
      readonly atMs: number
    }
  | { readonly kind: 'tick'; readonly atMs: number }

export type ViewAction =
  | { readonly kind: 'send-command'; readonly value: string }
  | { readonly kind: 'send-regions'; readonly value: Uint8Array }
  | { readonly kind: 'output'; readonly result: ResultKey }
  | { readonly kind: 'answered'; readonly result: LiveCommandResult }
  | { readonly kind: 'changed' }

export interface ViewOptions {
  readonly instrument: string
  readonly title: string
  readonly workflows: readonly LiveWorkflow[]
  readonly newId: () => string
}

const maxNotices = 100
const restopEveryMs = 1_000
const changed = { kind: 'changed' } as const

/** What a dashboard knows of an instrument: jobs, workers, newest results; and what it does: commands with answers. */
export class ViewCore {
  readonly outputs = new OutputBook()
  private readonly options: ViewOptions
  private readonly statuses = new StatusBook()
  private readonly generations = new Generations()
  private readonly pending = new PendingCommands()
  private readonly names = new ResultNames()
  private readonly ownMessages = new Set<string>()
  private notices: LiveNotice[] = []
  private noticeId = 0
  private droppedResults = 0
  private revision = 0
  private tickedMs = 0

  constructor(options: ViewOptions) {
    this.options = options
  }

  step(event: ViewEvent): readonly ViewAction[] {
    try {
      switch (event.kind) {
        case 'status':
          return this.status(event.value, event.atMs)
        case 'answer':
          return this.answer(event.value, event.atMs)
        case 'data':
          return this.data(event.value, event.atMs)
        case 'command-seen':
          return this.commandSeen(event)
        case 'tick':
          return this.tick(event.atMs)
      }
    } catch (error) {
      // A message that cannot be read must not end the view.
      if (error instanceof StreamFormatError || error instanceof LiveDataError || error instanceof RangeError)
        return []
      throw error
    }
  }

  state(nowMs: number): LiveState {
    const { instrument, title, workflows } = this.options
    return {
      instrument,
      title,
      workflows,
      generations: this.generations.all(nowMs),
      jobs: this.statuses.jobs(nowMs),
      workers: this.statuses.workers(nowMs),
      notices: this.notices,
      droppedResults: this.droppedResults,
      revision: this.revision,
    }
  }

  /** Carries out what a page asks for; `messageId` is that of the answers to wait for, null when none come. Throws LIVEDATA_REFUSED. */
  command(
    command: LiveCommand,
    nowMs: number,
  ): { readonly messageId: string | null; readonly actions: readonly ViewAction[] } {
    switch (command.kind) {
      case 'start':
        return this.start(command, nowMs)
      case 'stop':
      case 'reset':
        return this.control(command, nowMs)
      case 'clear-workers':
        this.statuses.clearWorkers(nowMs)
        return { messageId: null, actions: [this.change()] }
      case 'regions':
        return { messageId: null, actions: [{ kind: 'send-regions', value: regionsMessage(command) }] }
    }
  }

  private start(command: Extract<LiveCommand, { kind: 'start' }>, nowMs: number) {
    const { workflow, sources } = command
    const known = this.options.workflows.find(({ id }) => id === workflow)
    if (known === undefined) throw refused(`there is no workflow ${workflow}`, 'choose one of the list')
    const wrong = sources.find(({ source }) => !known.sources.includes(source))
    if (wrong !== undefined || sources.length === 0)
      throw refused(
        `${wrong?.source ?? 'no source'} is not one of ${workflow}`,
        `choose from ${known.sources.join(', ')}`,
      )
    const actions: ViewAction[] = this.running(workflow, nowMs).map(({ source, jobNumber }) =>
      this.send(jobMessage({ action: 'stop', source, jobNumber, messageId: this.ownId() })),
    )
    const messageId = this.ownId()
    const jobNumber = this.options.newId()
    for (const setting of sources) {
      const text = startMessage({ workflow, jobNumber, messageId, setting })
      actions.push(
        this.send(text),
        ...this.commandSeen({ key: null, value: new TextEncoder().encode(text), atMs: nowMs }),
      )
    }
    this.pending.add({ id: messageId, jobNumber, expected: sources.length, nowMs })
    return { messageId, actions: [...actions, this.change()] }
  }

  private control(command: Extract<LiveCommand, { kind: 'stop' | 'reset' }>, nowMs: number) {
    const { workflow, kind: action, sources } = command
    const current = this.generations.sources(workflow)
    const wanted =
      current?.sources.filter((source) => sources === undefined || sources.includes(source)) ?? []
    if (current === null || wanted.length === 0)
      throw refused(
        `no job of ${workflow} was started on ${sources?.join(', ') ?? 'any source'}`,
        'start it first',
      )
    const messageId = this.ownId()
    const { jobNumber } = current
    const actions = wanted.map((source) => this.send(jobMessage({ action, source, jobNumber, messageId })))
    this.pending.add({ id: messageId, jobNumber: null, expected: wanted.length, nowMs })
    return { messageId, actions }
  }

  /** Jobs of the workflow that run, or of which nothing was heard yet. */
  private running(
    workflow: string,
    nowMs: number,
  ): readonly { readonly source: string; readonly jobNumber: string }[] {
    const seen = this.statuses
      .jobs(nowMs)
      .filter((job) => job.workflow === workflow && job.state !== 'stopped' && !job.isStale)
    const pending = this.generations.all(nowMs).find((each) => each.workflow === workflow && each.isPending)
    const unseen = Object.keys(pending?.settings ?? {})
      .map((source) => ({ source, jobNumber: pending?.jobNumber ?? '' }))
      .filter(
        ({ source, jobNumber }) => !seen.some((job) => job.source === source && job.jobNumber === jobNumber),
      )
    return [...seen, ...unseen]
  }

  private send(value: string): ViewAction {
    return { kind: 'send-command', value }
  }

  private ownId(): string {
    const id = this.options.newId()
    this.ownMessages.add(id)
    const oldest = this.ownMessages.values().next().value
    if (this.ownMessages.size > 10_000 && oldest !== undefined) this.ownMessages.delete(oldest)
    return id
  }

  private status(value: Uint8Array, atMs: number): readonly ViewAction[] {
    const job = this.statuses.take(value, atMs)
    const adopted = job === null ? null : this.generations.jobSeen(job, atMs)
    if (adopted !== null) this.outputs.clear(adopted)
    return [this.change()]
  }

  private answer(value: Uint8Array, atMs: number): readonly ViewAction[] {
    const answer = answerOf(value)
    if (answer === null) return []
    if (!answer.ok && this.ownMessages.has(answer.messageId))
      this.notify({ time: atMs, level: 'error', text: `${answer.device}: ${answer.message ?? 'refused'}` })
    const result = this.pending.answer(answer)
    return result === null ? [this.change()] : this.finish(result, atMs)
  }

  private finish(result: LiveCommandResult, time: number): readonly ViewAction[] {
    const done = result.answers.filter(({ ok }) => ok).length
    if (result.isTimedOut)
      this.notify({
        time,
        level: 'error',
        text: `no response from backend (timed out after ${answerMs / 1_000}s)`,
      })
    else {
      const what = result.jobNumber === null ? 'Done' : 'Started'
      const level = done === result.expected ? 'success' : 'warning'
      this.notify({ time, level, text: `${what} ${done}/${result.expected} jobs` })
    }
    return [{ kind: 'answered', result }, this.change()]
  }

  private data(value: Uint8Array, atMs: number): readonly ViewAction[] {
    const result = this.names.of(value)
    if (result === null) return []
    if (!this.generations.isCurrent(result.workflow, result.jobNumber)) {
      this.droppedResults += 1
      return []
    }
    this.outputs.take(result, { value, receivedMs: atMs })
    return [{ kind: 'output', result }]
  }

  private commandSeen(event: {
    readonly key: Uint8Array | null
    readonly value: Uint8Array
    readonly atMs: number
  }): readonly ViewAction[] {
    const command = decodeCommand(event)
    if (command === null) return []
    const isOurs = command.messageId !== null && this.ownMessages.has(command.messageId)
    const begun = this.generations.commandSeen(command, { nowMs: event.atMs, isOurs })
    if (begun !== null) this.outputs.clear(begun)
    return [this.change()]
  }

  private tick(nowMs: number): readonly ViewAction[] {
    if (nowMs - this.tickedMs < restopEveryMs && nowMs >= this.tickedMs) return []
    this.tickedMs = nowMs
    const late = this.pending.timedOut(nowMs).flatMap((result) => this.finish(result, nowMs))
    const again = this.generations
      .strays(this.statuses.jobs(nowMs), nowMs)
      .map(({ source, jobNumber }) =>
        this.send(jobMessage({ action: 'stop', source, jobNumber, messageId: this.ownId() })),
      )
    const forgot = this.statuses.forget(nowMs) ? [this.change()] : []
    return [...late, ...again, ...forgot]
  }

  private notify(notice: Omit<LiveNotice, 'id'>): void {
    this.noticeId += 1
    this.notices = [...this.notices, { id: this.noticeId, ...notice }].slice(-maxNotices)
  }

  private change(): ViewAction {
    this.revision += 1
    return changed
  }
}

function refused(message: string, remedy: string): LiveDataError {
  return new LiveDataError({ code: 'LIVEDATA_REFUSED', message, fault: 'caller', remedy })
}
