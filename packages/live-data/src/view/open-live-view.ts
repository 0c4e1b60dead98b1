import { randomUUID } from 'node:crypto'
import { openBus, type BusOptions, type TailFrom } from '@beamtime/bus'
import type { Logger } from '@beamtime/service-kit'
import { liveDataTopics } from '../core/topic-names.ts'
import { LiveDataError } from '../error.ts'
import { instrumentNamed } from '../instruments/registry.ts'
import { boundedProducer } from '../service/bounded-producer.ts'
import { noGeometry } from '../service/geometry-files.ts'
import { processedTopics } from '../service/topic-settings.ts'
import type { LiveCommand, LiveCommandResult, LiveHistory, LiveOutput, LiveState } from '../ui-types.ts'
import { workflowsOf } from '../workflows/catalog.ts'
import { ViewCore, type ViewAction, type ViewEvent } from './view-core.ts'
import { liveWorkflows } from './workflow-list.ts'

export interface LiveViewOptions {
  readonly instrument: string
  /** The broker of results and commands. */
  readonly downstream: BusOptions
  readonly log: Logger
}

/** One instrument as its dashboards see it; shared by all sessions. */
export interface LiveView {
  readonly instrument: string
  state(): LiveState
  /** Called after changes of the state, at most every 200 ms. Gives the end of it. */
  onState(listener: () => void): () => void
  /** The newest result of `workflow id/source/output`; null before there is one. */
  output(key: string): LiveOutput | null
  history(key: string): LiveHistory | null
  /** Outputs that have a result. */
  outputKeys(): readonly string[]
  /** Called with each new result of an output, and at once with the newest. Gives the end of it. */
  onOutput(key: string, listener: (output: LiveOutput) => void): () => void
  /** Resolves when all answered, or after 30 s. Rejects with LIVEDATA_REFUSED for what cannot be asked. */
  command(command: LiveCommand): Promise<LiveCommandResult | null>
  isConnected(): boolean
  close(): Promise<void>
}

const tickMs = 500
const settleMs = 200
/** Status comes every 2 s; what was said before the view opened tells at once what runs. */
const lookBackMs = 10_000
const rememberedCommands = 2_000

export function openLiveView(options: LiveViewOptions): LiveView {
  const instrument = instrumentNamed(options.instrument)
  const { log } = options
  const topics = liveDataTopics(instrument.name)
  const bus = openBus({ ...options.downstream, log })
  const producer = boundedProducer(bus.producer(), log)
  const stop = new AbortController()
  const { signal } = stop
  const core = new ViewCore({
    instrument: instrument.name,
    title: instrument.title,
    workflows: liveWorkflows(instrument, workflowsOf(instrument, noGeometry)),
    newId: randomUUID,
  })
  const stateListeners = new Set<() => void>()
  const outputListeners = new Map<string, Set<(output: LiveOutput) => void>>()
  const waiting = new Map<string, (result: LiveCommandResult) => void>()
  let settling: NodeJS.Timeout | null = null
  let isConnected = false

  const tellState = (): void => {
    settling ??= setTimeout(() => {
      settling = null
      for (const listener of stateListeners) listener()
    }, settleMs)
  }
  const tellOutput = (key: string): void => {
    const listeners = outputListeners.get(key)
    if (listeners === undefined) return
    const output = core.outputs.output(key)
    if (output !== null) for (const listener of listeners) listener(output)
  }
  const carryOut = (actions: readonly ViewAction[]): void => {
    for (const action of actions)
      switch (action.kind) {
        case 'send-command':
          producer.send(topics.commands, action.value)
          break
        case 'send-regions':
          producer.send(topics.roi, action.value)
          break
        case 'output':
          tellOutput(action.result.key)
          break
        case 'answered':
          waiting.get(action.result.messageId)?.(action.result)
          waiting.delete(action.result.messageId)
          break
        case 'changed':
          tellState()
          break
      }
  }
  const tail = async (
    topic: string,
    from: TailFrom,
    kind: Exclude<ViewEvent['kind'], 'tick'>,
  ): Promise<void> => {
    await bus.tail({
      topic,
      from,
      signal,
      onRecords: (records) => {
        for (const { key, value, timestampMs } of records)
          if (value !== null) carryOut(core.step({ kind, key, value, atMs: timestampMs }))
      },
      onState: (state) => {
        isConnected = state === 'connected'
        tellState()
      },
    })
  }
  const reading = begin()
  const timer = setInterval(() => carryOut(core.step({ kind: 'tick', atMs: Date.now() })), tickMs)

  async function begin(): Promise<void> {
    try {
      await bus.ensureTopics(processedTopics(instrument.name), { signal })
      const before = { timestampMs: Date.now() - lookBackMs }
      await Promise.all([
        tail(topics.commands, { last: rememberedCommands }, 'command-seen'),
        tail(topics.heartbeat, before, 'status'),
        tail(topics.responses, 'latest', 'answer'),
        tail(topics.data, before, 'data'),
      ])
    } catch (error) {
      if (!signal.aborted) log.error('livedata.view-failed', { instrument: instrument.name, err: error })
    }
  }

  let closing: Promise<void> | null = null
  const close = async (): Promise<void> => {
    clearInterval(timer)
    if (settling !== null) clearTimeout(settling)
    stop.abort()
    await reading
    await producer.close()
    await bus.close()
    const error = new LiveDataError({
      code: 'LIVEDATA_NOT_ACKNOWLEDGED',
      message: 'the view was closed before the answer came',
      fault: 'environment',
      remedy: 'ask again',
    })
    for (const [messageId, resolve] of waiting)
      resolve({
        messageId,
        jobNumber: null,
        expected: 0,
        answers: [{ messageId, device: '', ok: false, message: error.detail }],
        isTimedOut: true,
      })
    waiting.clear()
  }

  return {
    instrument: instrument.name,
    state: () => core.state(Date.now()),
    onState: (listener) => {
      stateListeners.add(listener)
      return () => void stateListeners.delete(listener)
    },
    output: (key) => core.outputs.output(key),
    history: (key) => core.outputs.history(key),
    outputKeys: () => core.outputs.keys(),
    onOutput: (key, listener) => {
      const listeners = outputListeners.get(key) ?? new Set()
      outputListeners.set(key, listeners.add(listener))
      const known = core.outputs.output(key)
      if (known !== null) listener(known)
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) outputListeners.delete(key)
      }
    },
    command: (command) => {
      try {
        const { messageId, actions } = core.command(command, Date.now())
        const result =
          messageId === null
            ? Promise.resolve(null)
            : new Promise<LiveCommandResult>((resolve) => waiting.set(messageId, resolve))
        carryOut(actions)
        return result
      } catch (error) {
        return Promise.reject(error instanceof Error ? error : new Error(String(error)))
      }
    },
    isConnected: () => isConnected,
    close: () => (closing ??= close()),
  }
}
