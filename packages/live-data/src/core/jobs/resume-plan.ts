import type { Workflow } from '../../workflows/workflow.ts'
import { autoNumber, autoSeed, seedOfNumber } from './auto-number.ts'
import type { Command, ControlCommand, StartCommand } from './command.ts'
import { workflowText, type WorkflowId } from './job-id.ts'
import type { SeenJob, SeenWorker } from './service-book.ts'

/* Which jobs a process takes up when it starts. Where other processes of the service run, or one was killed a moment ago,
 * it goes on with what runs: the same job numbers and parameters, so that dashboards see no other generation and each
 * command is answered once, also one that came while nobody looked after its stream. Where nothing ran, or what ran has
 * said that it stopped, the default workflows start anew. */

export interface PastCommand {
  readonly command: Command
  readonly atMs: number
}

export interface ResumeSituation {
  readonly nowMs: number
  readonly instrument: string
  readonly workerId: string
  /** Of this service. */
  readonly workflows: readonly Workflow[]
  readonly owns: (source: string) => boolean
  readonly processes: number
  readonly startsDefaults: boolean
  readonly workers: readonly SeenWorker[]
  readonly jobs: readonly SeenJob[]
  /** The last ones, oldest first. */
  readonly commands: readonly PastCommand[]
  /** Keys of `answerKey`. */
  readonly answered: ReadonlySet<string>
}

export interface ResumePlan {
  readonly starts: readonly { readonly command: StartCommand; readonly isAnswered: boolean }[]
  /** Stops and resets that nobody answered. */
  readonly answers: readonly {
    readonly command: ControlCommand
    readonly device: string
    readonly problem: string | null
  }[]
  /** Jobs that ran, whose start stands on the topic no more. */
  readonly unknown: readonly string[]
}

/** Text of the answer to a reset that the workflow does not know; `device` is `source/number`. */
export function noReset(device: string): string {
  return `Job ${device} does not support reset.`
}

export function answerKey(messageId: string, device: string): string {
  return `${messageId}\n${device}`
}

/** Consumers call a job stale after this time; older status tells nothing. */
const lookBackMs = 60_000
/** A process that lived this long has told of all its jobs. */
const settledMs = 10_000

export function resumePlan(situation: ResumeSituation): ResumePlan {
  const { workers, nowMs, workflows, owns } = situation
  const isRecent = ({ seenMs }: { readonly seenMs: number }): boolean => nowMs - seenMs < lookBackMs
  const before = workers.filter((worker) => worker.state !== 'stopped' && isRecent(worker))
  const live = situation.jobs.filter((job) => job.state !== 'stopped' && isRecent(job))
  const sinceMs = Math.min(...before.map(({ startedMs }) => startedMs))
  const shared = { situation, before, sinceMs, started: startedNumbers(situation.commands) }
  const plan: Drafted['plan'] = { starts: [], answers: [], unknown: [] }
  const seed = seedOf(live, { before, situation })
  for (const workflow of workflows) {
    const text = textOf(situation.instrument, workflow)
    const numbers = live.filter((job) => job.workflow === text).map(({ jobNumber }) => jobNumber)
    const view: WorkflowView = { ...shared, workflow, text, numbers, seed, live }
    for (const source of workflow.sources) if (owns(source)) planSource(view, { source, plan })
  }
  return plan
}

type Writable<T> = T extends readonly (infer E)[] ? E[] : never

interface WorkflowView {
  readonly situation: ResumeSituation
  readonly before: readonly SeenWorker[]
  readonly sinceMs: number
  /** `workflow id, line break, job number` of all starts. */
  readonly started: ReadonlySet<string>
  readonly workflow: Workflow
  readonly text: string
  /** Of jobs of the workflow that run or ran a moment ago. */
  readonly numbers: readonly string[]
  readonly seed: string
  readonly live: readonly SeenJob[]
}

interface Drafted {
  readonly source: string
  readonly plan: {
    readonly starts: Writable<ResumePlan['starts']>
    readonly answers: Writable<ResumePlan['answers']>
    readonly unknown: string[]
  }
}

function planSource(view: WorkflowView, { source, plan }: Drafted): void {
  const { situation } = view
  const word = lastWord(view, source)
  for (const command of word.open) {
    const device = deviceOf(command)
    if (command.kind !== 'control' || device === null) continue
    const isRefused = command.action === 'reset' && !view.workflow.supportsReset
    plan.answers.push({ command, device, problem: isRefused ? noReset(device) : null })
  }
  if (word.kind === 'start') {
    const { endNs } = word.command.schedule
    const isOver = endNs !== null && endNs <= BigInt(Math.trunc(situation.nowMs)) * 1_000_000n
    const isAnswered = !word.open.includes(word.command)
    if (!isOver || !isAnswered) plan.starts.push({ command: word.command, isAnswered })
    return
  }
  if (word.kind === 'stop') return
  const number = defaultNumber(view)
  if (number !== null) plan.starts.push({ command: defaultStart(view, { source, number }), isAnswered: true })
  else if (view.live.some((job) => job.workflow === view.text && job.source === source))
    plan.unknown.push(`${view.text}/${source}`)
}

type Word = (
  | { readonly kind: 'start'; readonly command: StartCommand }
  | { readonly kind: 'stop' }
  | { readonly kind: 'none' }
) & {
  /** Commands to this stream that were not answered. */
  readonly open: readonly Command[]
}

/** What the commands say last of a workflow on a stream. */
function lastWord(view: WorkflowView, source: string): Word {
  const { situation, sinceMs, numbers } = view
  let word: Omit<Word, 'open'> & { command?: StartCommand; kind: Word['kind'] } = { kind: 'none' }
  const open: Command[] = []
  for (const { command, atMs } of situation.commands) {
    const number = numberOf(command)
    // What was started before the processes that are known counts only while it runs.
    if (!(atMs >= sinceMs) && !(number !== null && numbers.includes(number))) continue
    if (!concerns(command, { view, source })) continue
    if (isUnanswered(command, { atMs, situation })) open.push(command)
    if (command.kind === 'start') word = { kind: 'start', command }
    else if (command.action === 'stop' && stops(command, word.command)) word = { kind: 'stop' }
  }
  return word.kind === 'start' && word.command !== undefined
    ? { kind: 'start', command: word.command, open }
    : { kind: word.kind === 'stop' ? 'stop' : 'none', open }
}

/** Somebody may wait for the answer that this process gives. */
function isUnanswered(
  command: Command,
  { atMs, situation }: { readonly atMs: number; readonly situation: ResumeSituation },
): boolean {
  const device = deviceOf(command)
  if (device === null || command.messageId === null || situation.nowMs - atMs >= lookBackMs) return false
  return !situation.answered.has(answerKey(command.messageId, device))
}

function concerns(
  command: Command,
  { view, source }: { readonly view: WorkflowView; readonly source: string },
): boolean {
  if (command.kind === 'start')
    return command.jobId.source_name === source && idText(command.workflow) === view.text
  const { selector } = command
  switch (selector.kind) {
    case 'all':
      return true
    case 'workflow':
      return idText(selector.workflow) === view.text
    case 'job': {
      const { source_name, job_number } = selector.jobId
      if (source_name !== source) return false
      return (
        view.numbers.includes(job_number) ||
        view.started.has(`${view.text}\n${job_number}`) ||
        seedOfNumber(job_number, view.text) !== null
      )
    }
  }
}

function startedNumbers(commands: readonly PastCommand[]): ReadonlySet<string> {
  const started = new Set<string>()
  for (const { command } of commands)
    if (command.kind === 'start') started.add(`${idText(command.workflow)}\n${command.jobId.job_number}`)
  return started
}

/** A stop of an earlier job leaves the one that was started since. */
function stops({ selector }: ControlCommand, started: StartCommand | undefined): boolean {
  return (
    selector.kind !== 'job' || started === undefined || started.jobId.job_number === selector.jobId.job_number
  )
}

/** The number under which a default workflow starts without a command; null when it does not. */
function defaultNumber({ situation, workflow, text, numbers, before, seed }: WorkflowView): string | null {
  if (!situation.startsDefaults || !workflow.isDefault) return null
  if (numbers.length > 0) return numbers.find((number) => seedOfNumber(number, text) !== null) ?? null
  // All processes are known and none runs it: somebody stopped it.
  const settled = before.filter(
    ({ state, startedMs, seenMs }) => state === 'running' && seenMs - startedMs > settledMs,
  )
  return settled.length >= situation.processes ? null : autoNumber(text, seed)
}

/** Of the generation that started by itself; of the process that was there first; of this one. */
function seedOf(
  live: readonly SeenJob[],
  place: { readonly before: readonly SeenWorker[]; readonly situation: ResumeSituation },
): string {
  for (const { jobNumber, workflow } of live) {
    const seed = seedOfNumber(jobNumber, workflow)
    if (seed !== null) return seed
  }
  return autoSeed(place.before[0]?.workerId ?? place.situation.workerId)
}

function defaultStart(
  { situation, workflow: { name, version } }: WorkflowView,
  { source, number }: { readonly source: string; readonly number: string },
): StartCommand {
  return {
    kind: 'start',
    dialect: 'C',
    messageId: null,
    workflow: { instrument: situation.instrument, name, version },
    jobId: { source_name: source, job_number: number },
    schedule: { startNs: null, endNs: null },
    auxSources: {},
    params: {},
  }
}

function numberOf(command: Command): string | null {
  if (command.kind === 'start') return command.jobId.job_number
  return command.selector.kind === 'job' ? command.selector.jobId.job_number : null
}

/** Whom an answer names, where one process alone gives it. */
function deviceOf(command: Command): string | null {
  if (command.kind === 'start') return command.jobId.source_name
  const { selector, action } = command
  if (selector.kind !== 'job' || (action !== 'stop' && action !== 'reset')) return null
  return `${selector.jobId.source_name}/${selector.jobId.job_number}`
}

function idText(id: WorkflowId): string {
  return workflowText(id, { dialect: 'C', namespace: '' })
}

function textOf(instrument: string, { name, version }: Workflow): string {
  return `${instrument}/${name}/${version}`
}
