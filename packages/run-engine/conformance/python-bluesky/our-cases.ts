/* The twins of the cases in record.py, and the plan calls of plan-calls.json, on our engine. */

import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import {
  Msg,
  Status,
  absSet,
  baselineWrapper,
  contingencyWrapper,
  count,
  declareStream,
  deferredPause,
  finalizeWrapper,
  flyDuringWrapper,
  injectMdWrapper,
  lazilyStageWrapper,
  monitorDuringWrapper,
  mv,
  pause,
  perStep1D,
  planMutator,
  relativeSetWrapper,
  resetPositionsWrapper,
  rewindableWrapper,
  runDecorator,
  runWrapper,
  scan,
  setRunKeyDecorator,
  stageWrapper,
  standardPlans,
  stubWrapper,
  supplementalData,
  toPlan,
  triggerAndRead,
  type Insertion,
  type Plan,
  type SimulatedHardware,
} from '../../src/index.ts'
import { newRecorder, type Recorder, type Recording } from './recorder.ts'

function* points(r: Recorder, between: (() => Plan) | null = null): Plan<void> {
  for (let i = 0; i < 3; i++) {
    yield Msg('checkpoint')
    yield Msg('set', r.hw.motor, { args: [i], kwargs: { group: 'g' } })
    yield Msg('wait', null, { kwargs: { group: 'g' } })
    yield* triggerAndRead([r.hw.det, r.hw.motor])
    if (i === 1 && between !== null) yield* between()
  }
}

const create = (name: string): Msg => Msg('create', null, { kwargs: { name } })
const sleepMsg = (seconds: number): Msg => Msg('sleep', null, { args: [seconds] })

function* boom(): Plan<void> {
  yield Msg('null')
  throw new Error('boom')
}

type Case = (r: Recorder) => Promise<unknown>

const interrupted =
  (what: 'resume' | 'abort' | 'stop' | 'halt'): Case =>
  async (r) => {
    await r.run(runWrapper(points(r, pause)))
    await r.after(what)
  }

const special: Readonly<Record<string, Case>> = {
  'pause and resume': interrupted('resume'),
  'pause and abort': interrupted('abort'),
  'pause and stop': interrupted('stop'),
  'pause and halt': interrupted('halt'),
  async 'pause, resume, pause, abort'(r) {
    await r.run(runWrapper(points(r, pause)))
    await r.after('resume')
    await r.run(stageWrapper(runWrapper(points(r, pause)), [r.hw.det, r.hw.motor]))
    await r.after('abort')
  },
  async 'deferred pause and resume'(r) {
    await r.run(runWrapper(points(r, deferredPause)))
    await r.after('resume')
  },
  async 'pause without a checkpoint'(r) {
    await r.run(
      runWrapper(toPlan([Msg('clear_checkpoint'), Msg('pause', null, { kwargs: { defer: false } })])),
    )
  },
  async 'pause in the middle of an event'(r) {
    const plan = [
      Msg('checkpoint'),
      create('primary'),
      Msg('read', r.hw.det),
      Msg('pause'),
      Msg('read', r.hw.motor),
      Msg('save'),
    ]
    await r.run(runWrapper(toPlan(plan)))
    await r.after('resume')
  },
  async 'pause where nothing may be repeated'(r) {
    const off = Msg('rewindable', null, { args: [false] })
    await r.run([Msg('checkpoint'), Msg('null'), off, sleepMsg(0), Msg('pause'), Msg('null')])
    await r.after('resume')
  },
  'interruptions are recorded': interrupted('resume'),
  async 'error in a bare plan'(r) {
    await r.run(
      (function* (): Plan<void> {
        yield Msg('open_run')
        throw new Error('boom')
      })(),
    )
  },
  'error inside a run': (r) => r.run(runWrapper(boom())),
  'unknown command inside a run': (r) => r.run(runWrapper(toPlan(Msg('nonsense')))),
  async 'unknown command that the plan handles'(r) {
    const plan = function* (): Plan<void> {
      try {
        yield Msg('nonsense')
      } catch {
        yield Msg('null')
      }
    }
    await r.run(runWrapper(plan()))
  },
  async 'failed status inside a run'(r) {
    const bad = {
      name: 'bad',
      set() {
        const status = new Status()
        status.setException(new Error('broken'))
        return status
      },
    }
    await r.run(runWrapper(absSet(bad, 1, { wait: true })))
  },
  'a plan that ends with a run left open': (r) => r.run([Msg('open_run'), Msg('null')]),
  'two runs left open': (r) =>
    r.run([Msg('open_run', null, { run: 'a' }), Msg('open_run', null, { run: 'b' }), Msg('null')]),
  'second open_run of the same key': (r) => r.run([Msg('open_run'), Msg('open_run')]),
  'close_run without a run': (r) => r.run([Msg('close_run')]),
  'save without create': (r) => r.run([Msg('open_run'), Msg('save')]),
  'checkpoint inside an event': (r) => r.run([Msg('open_run'), create('primary'), Msg('checkpoint')]),
  'create twice': (r) => r.run([Msg('open_run'), create('a'), create('b')]),
  'colliding keys': (r) => r.run(runWrapper(triggerAndRead([r.hw.det, r.hw.identical_det]))),
  'an event without readings': (r) => r.run(runWrapper(toPlan([create('primary'), Msg('save')]))),
  'a dropped event': (r) =>
    r.run(runWrapper(toPlan([create('primary'), Msg('read', r.hw.det), Msg('drop')]))),
  async 'other objects in the same stream'(r) {
    const plan = function* (): Plan<void> {
      yield* triggerAndRead([r.hw.det])
      yield* triggerAndRead([r.hw.motor])
    }
    await r.run(runWrapper(plan()))
  },
  async 'two streams'(r) {
    const plan = function* (): Plan<void> {
      for (let i = 0; i < 2; i++) {
        yield* triggerAndRead([r.hw.det])
        yield* triggerAndRead([r.hw.motor], 'second')
      }
    }
    await r.run(runWrapper(plan()))
  },
  async 'a declared stream'(r) {
    const plan = function* (): Plan<void> {
      yield* declareStream([r.hw.det, r.hw.motor], { name: 'primary' })
      yield* triggerAndRead([r.hw.det, r.hw.motor])
    }
    await r.run(runWrapper(plan()))
  },
  'a declared stream that stays empty': (r) =>
    r.run(runWrapper(declareStream([r.hw.det], { name: 'primary' }))),
  baseline: (r) => r.run(baselineWrapper(count([r.hw.det]), [r.hw.motor1, r.hw.sig])),
  monitor: (r) => r.run(monitorDuringWrapper(count([r.hw.det]), [r.hw.sig])),
  'fly during a run': (r) => r.run(flyDuringWrapper(count([r.hw.det1]), [r.hw.flyer1])),
  async 'supplemental data'(r) {
    const { motor1, sig, trivial_flyer: flyer } = r.hw
    r.RE.preprocessors.push(supplementalData({ baseline: [motor1], monitors: [sig], flyers: [flyer] }))
    await r.run(count([r.hw.det]))
  },
  async 'two nested runs'(r) {
    const inner = setRunKeyDecorator('inner')(
      runDecorator({ md: { which: 'inner' } })(() => triggerAndRead([r.hw.det1])),
    )
    const outer = function* (): Plan<void> {
      yield* triggerAndRead([r.hw.det])
      yield* inner()
      yield* triggerAndRead([r.hw.det])
    }
    await r.run(setRunKeyDecorator('outer')(runDecorator({ md: { which: 'outer' } })(outer))())
  },
  async 'configure in the middle of a run'(r) {
    const plan = function* (): Plan<void> {
      yield* triggerAndRead([r.hw.det])
      yield Msg('configure', r.hw.det, { args: [{ sigma: 2 }] })
      yield* triggerAndRead([r.hw.det])
    }
    await r.run(runWrapper(plan()))
  },
  'lazily staged': (r) => r.run(lazilyStageWrapper(runWrapper(triggerAndRead([r.hw.det, r.hw.motor])))),
  'metadata injected': (r) =>
    r.run(injectMdWrapper(count([r.hw.det], 1, 0, { md: { a: 1 } }), { a: 2, b: 3 })),
  async 'metadata of the call wins'(r) {
    Object.assign(r.RE.md, { a: 0, c: 4 })
    await r.run(count([r.hw.det], 1, 0, { md: { a: 1, b: 1 } }), { a: 2 })
  },
  'finalized after an error': (r) => r.run(finalizeWrapper(boom(), sleepMsg(0))),
  async 'contingency that handles the error'(r) {
    const exceptPlan = function* (): Plan<void> {
      yield sleepMsg(0)
    }
    await r.run(contingencyWrapper(boom(), { exceptPlan, autoRaise: false }))
  },
  async 'contingency with everything'(r) {
    const part = (ms: number) => () => toPlan(sleepMsg(ms / 1000))
    await r.run(
      contingencyWrapper(toPlan(Msg('null')), { exceptPlan: part(1), elsePlan: part(2), finalPlan: part(3) }),
    )
  },
  async 'mutator with head and tail'(r) {
    const insert = (msg: Msg): Insertion => {
      if (msg.command !== 'null') return [null, null]
      const head = function* (): Plan {
        yield Msg('checkpoint')
        return yield msg
      }
      return [head(), toPlan(sleepMsg(0))]
    }
    await r.run(planMutator(toPlan([Msg('null'), Msg('checkpoint')]), insert))
  },
  'stubbed count inside a run': (r) => r.run(runWrapper(stubWrapper(count([r.hw.det])))),
  async 'relative wrapper around sets'(r) {
    await r.run(mv(r.hw.motor, 5))
    r.forget()
    const sets = [1, 2].map((step) => Msg('set', r.hw.motor, { args: [step] }))
    await r.run(resetPositionsWrapper(relativeSetWrapper(toPlan(sets))))
  },
  async 'per_step for one motor'(r) {
    const step = perStep1D(function* step(detectors, motor, value) {
      yield Msg('checkpoint')
      yield* mv(motor, value)
      yield* triggerAndRead([...detectors, motor])
    })
    await r.run(scan([r.hw.det], r.hw.motor, 0, 1, 2, { per_step: step }))
  },
  'rewindable switched off': (r) => r.run(rewindableWrapper(toPlan(Msg('null')), false)),
  async 'suspended during a sleep'(r) {
    const plan = function* (): Plan<void> {
      for (let i = 0; i < 2; i++) {
        yield Msg('checkpoint')
        yield Msg('set', r.hw.motor, { args: [i], kwargs: { group: 'g' } })
        yield Msg('wait', null, { kwargs: { group: 'g' } })
        yield sleepMsg(0.2)
        yield* triggerAndRead([r.hw.det])
      }
    }
    setTimeout(() => {
      r.RE.requestSuspend({
        until: () => delay(150),
        prePlan: [Msg('null')],
        postPlan: [Msg('null')],
        justification: 'beam is gone',
      })
    }, 100)
    await r.run(runWrapper(plan()))
  },
  'a group that is waited for twice': (r) =>
    r.run([
      Msg('set', r.hw.motor, { args: [1], kwargs: { group: 'a' } }),
      Msg('wait', null, { kwargs: { group: 'a' } }),
      Msg('wait', null, { kwargs: { group: 'a' } }),
    ]),
  'a run that is opened, closed and opened again': (r) =>
    r.run([Msg('open_run'), Msg('close_run'), Msg('open_run'), Msg('close_run')]),
  'exit status and reason of close_run': (r) =>
    r.run([Msg('open_run'), Msg('close_run', null, { kwargs: { exit_status: 'abort', reason: 'because' } })]),
  'unmonitor what is not monitored': (r) => r.run([Msg('open_run'), Msg('unmonitor', r.hw.sig)]),
  async 'collect of an empty flyer'(r) {
    const { trivial_flyer: flyer } = r.hw
    const plan = [
      Msg('kickoff', flyer, { kwargs: { group: 'k' } }),
      Msg('wait', null, { kwargs: { group: 'k' } }),
      Msg('complete', flyer, { kwargs: { group: 'c' } }),
      Msg('wait', null, { kwargs: { group: 'c' } }),
      Msg('collect', flyer),
    ]
    await r.run(runWrapper(toPlan(plan)))
  },
  async 'kicked off and never collected'(r) {
    const plan = [
      Msg('kickoff', r.hw.trivial_flyer, { kwargs: { group: 'k' } }),
      Msg('wait', null, { kwargs: { group: 'k' } }),
    ]
    await r.run(runWrapper(toPlan(plan)))
  },
}

function resolved(value: unknown, hw: SimulatedHardware): unknown {
  if (typeof value === 'string' && value.startsWith('@')) return hw[value.slice(1) as keyof SimulatedHardware]
  if (Array.isArray(value)) return value.map((item) => resolved(item, hw))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolved(item, hw)]))
}

type PlanCall = readonly [
  name: string,
  plan: string,
  args: readonly unknown[],
  kwargs: Readonly<Record<string, unknown>>,
  before?: readonly [motor: string, position: number],
]

function planCall([, name, args, kwargs, before]: PlanCall): Case {
  return async (r) => {
    if (before !== undefined) {
      await r.run(mv(resolved(before[0], r.hw), before[1]))
      r.forget()
    }
    const given = args.map((arg) => resolved(arg, r.hw))
    const options = resolved(kwargs, r.hw)
    const plan: unknown = Reflect.apply(
      standardPlans[name] as () => unknown,
      undefined,
      Object.keys(kwargs).length === 0 ? given : [...withOptionalArguments(name, given), options],
    )
    await r.run(plan as Plan)
  }
}

/** `count` has optional positional parameters in front of its options. */
function withOptionalArguments(name: string, args: readonly unknown[]): readonly unknown[] {
  return name === 'count' ? [args[0], args[1], args[2]] : args
}

/** Runs the case of this name; null when we have none. */
export async function runOurCase(name: string): Promise<Recording | null> {
  const calls = JSON.parse(readFileSync(new URL('plan-calls.json', import.meta.url), 'utf8')) as PlanCall[]
  const call = calls.find(([caseName]) => caseName === name)
  const run = special[name] ?? (call === undefined ? null : planCall(call))
  if (run === null) return null
  const recorder = newRecorder({ recordInterruptions: name === 'interruptions are recorded' })
  await run(recorder)
  return recorder
}
