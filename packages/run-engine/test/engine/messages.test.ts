import { expect, test } from 'vitest'
import {
  absSet,
  bundle,
  count,
  createSimulatedDevices,
  mv,
  one1dStep,
  pchain,
  planMutator,
  rd,
  relScan,
  repeat,
  scan,
  separateDevices,
  sleep,
  summarizePlan,
  synAxis,
  toPlan,
  Msg,
  type Plan,
} from '../../src/index.ts'
import { failureOf, messagesOf, recordingEngine } from '../recording.ts'

const point = [
  'checkpoint',
  'set motor',
  'wait',
  'trigger det',
  'trigger motor',
  'wait',
  'create',
  'read det',
  'read motor',
  'save',
]
const scanMessages = [
  'stage det',
  'stage motor',
  'open_run',
  ...point,
  ...point,
  ...point,
  'close_run',
  'unstage motor',
  'unstage det',
]

test('a scan is the golden list of messages', async () => {
  const r = recordingEngine()
  await r.RE.run(scan([r.hw.det], r.hw.motor, -1, 1, 3))
  expect(r.messages).toEqual(scanMessages)
})

test('a relative scan puts the motor back behind everything else', async () => {
  const r = recordingEngine()
  await r.RE.run(mv(r.hw.motor, 5))
  r.messages.length = 0
  await r.RE.run(relScan([r.hw.det], r.hw.motor, -1, 1, 3))
  expect(r.messages).toEqual([...scanMessages, 'set motor', 'wait'])
  expect(r.events().map((event) => event.data['motor'])).toEqual([4, 5, 6])
  expect(r.hw.motor.position).toBe(5)
})

test('a count has two checkpoints at each reading', () => {
  const { det } = createSimulatedDevices()
  expect(messagesOf(count([det], 2)).filter((message) => message === 'checkpoint')).toHaveLength(4)
})

test('a step of one motor always sets it, a step of a scan only where the value changes', async () => {
  const { det, motor } = createSimulatedDevices()
  expect(messagesOf(one1dStep([det], motor, 1))).toEqual(point)
  const r = recordingEngine()
  await r.RE.run(scan([], r.hw.motor, 2, 2, 3))
  expect(r.messages.filter((message) => message === 'set motor')).toHaveLength(1)
})

test('devices that are parts of others in the list are read once', () => {
  const stage = bundle('stage', { x: (name) => synAxis(name), y: (name) => synAxis(name) })
  expect(separateDevices([stage, stage.x, stage])).toEqual([stage])
  expect(separateDevices([stage.x, stage])).toEqual([stage])
  expect(separateDevices([stage.x, stage.y])).toEqual([stage.x, stage.y])
})

test('mv sets everything and waits once; a value that is missing is refused', () => {
  const { motor1, motor2 } = createSimulatedDevices()
  expect(messagesOf(mv(motor1, 1, motor2, 2))).toEqual(['set motor1', 'set motor2', 'wait'])
  expect(() => messagesOf(mv(motor1, 1, motor2))).toThrow('PLAN_ARGUMENT')
  expect(() => messagesOf(mv('motor1', 1))).toThrow('not movable')
})

test('absSet waits only if told to', () => {
  const { motor } = createSimulatedDevices()
  expect(messagesOf(absSet(motor, 1))).toEqual(['set motor'])
  expect(messagesOf(absSet(motor, 1, { wait: true }))).toEqual(['set motor', 'wait'])
})

test('rd gives the one value of a device and refuses to guess between several', async () => {
  const r = recordingEngine()
  const values: unknown[] = []
  const plan = function* (): Plan<void> {
    values.push(yield* rd(r.hw.det), yield* rd(r.hw.sig))
  }
  await r.RE.run(plan())
  expect(values).toEqual([1, 0])
  expect((await failureOf(r.RE.run(rd(r.hw.det_with_conf)))).message).toContain('hints at several fields')
})

test('repeat without an end can be stopped, and too short a list of delays is refused', () => {
  const forever = repeat(() => sleep(0), { num: null })
  for (let i = 0; i < 100; i++) expect(forever.next().done).toBe(false)
  forever.return(undefined)
  expect(() => repeat(() => sleep(0), { num: 3, delay: [1] }).next()).toThrow('need 2 delays')
})

test('a mutator puts plans around a message, and the plan sees the result of the head', () => {
  const seen: unknown[] = []
  const plan = function* (): Plan<void> {
    seen.push(yield Msg('null'), yield Msg('save'))
  }
  const mutated = planMutator(plan(), (msg) => {
    if (msg.command !== 'null') return [null, null]
    const head = function* (): Plan {
      yield Msg('checkpoint')
      return yield msg
    }
    return [head(), toPlan([Msg('drop')])]
  })
  expect(messagesOf(mutated, (msg) => msg.command)).toEqual(['checkpoint', 'null', 'drop', 'save'])
  expect(seen).toEqual(['null', 'save'])
})

test('a mutator throws into the inserted plan first, then into the plan below', () => {
  const caught: string[] = []
  const plan = function* (): Plan<void> {
    try {
      yield Msg('null')
    } catch (error) {
      caught.push(`plan ${String(error)}`)
    }
  }
  const mutated = planMutator(plan(), (msg) => {
    const head = function* (): Plan {
      try {
        return yield msg
      } catch (error) {
        caught.push(`head ${String(error)}`)
        throw new Error('second', { cause: error })
      }
    }
    return msg.command === 'null' ? [head(), null] : [null, null]
  })
  mutated.next()
  expect(mutated.throw(new Error('first')).done).toBe(true)
  expect(caught).toEqual(['head Error: first', 'plan Error: second'])
})

test('pchain returns the result of each plan', () => {
  const one = function* (value: number): Plan<number> {
    yield Msg('null')
    return value
  }
  const chain = pchain(one(1), one(2))
  chain.next()
  chain.next()
  expect(chain.next().value).toEqual([1, 2])
})

test('a plan can be summed up without an engine', () => {
  const { det, motor } = createSimulatedDevices()
  expect(summarizePlan(scan([det], motor, 0, 1, 2)).slice(1, -1)).toEqual([
    'motor -> 0',
    "  Read ['det', 'motor']",
    'motor -> 1',
    "  Read ['det', 'motor']",
  ])
})
