import { RunEngine, createSimulatedDevices, type PlanLike, type SimulatedHardware } from '../../src/index.ts'

export interface Recording {
  readonly documents: (readonly [name: string, doc: unknown])[]
  readonly messages: (readonly [command: string, obj: string | null, args: readonly number[]])[]
  readonly states: string[]
  error: boolean
}

export interface Recorder extends Recording {
  readonly RE: RunEngine
  readonly hw: SimulatedHardware
  run(plan: PlanLike, md?: Readonly<Record<string, unknown>>): Promise<void>
  after(what: 'resume' | 'abort' | 'stop' | 'halt'): Promise<void>
  forget(): void
}

/** An engine with fresh devices whose documents, messages and states are kept. */
export function newRecorder(options: { readonly recordInterruptions?: boolean } = {}): Recorder {
  const RE = new RunEngine({ recordInterruptions: options.recordInterruptions ?? false })
  const recorder: Recorder = {
    documents: [],
    messages: [],
    states: [],
    error: false,
    RE,
    hw: createSimulatedDevices(),
    run: (plan, md = {}) => settled(RE.run(plan, null, md)),
    after: (what) => settled(RE[what]()),
    forget() {
      recorder.documents.length = 0
      recorder.messages.length = 0
      recorder.states.length = 0
    },
  }
  const settled = async (promise: Promise<unknown>): Promise<void> => {
    try {
      await promise
    } catch (error) {
      if (!String(error).includes('RUN_INTERRUPTED')) recorder.error = true
    }
  }
  RE.subscribe((name, doc) => {
    recorder.documents.push([name, JSON.parse(JSON.stringify(doc))])
  })
  RE.hooks.msgHook = (msg) => {
    const name: unknown = msg.obj === null ? null : Reflect.get(Object(msg.obj), 'name')
    const args = msg.command === 'set' ? msg.args.map(Number) : []
    recorder.messages.push([msg.command, typeof name === 'string' ? name : null, args])
  }
  RE.hooks.stateHook = (now) => {
    recorder.states.push(now)
  }
  return recorder
}
