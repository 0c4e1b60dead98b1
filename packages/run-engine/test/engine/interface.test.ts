import { expect, test } from 'vitest'
import {
  Msg,
  RunEngine,
  builtinCommands,
  count,
  scan,
  standardPlans,
  subsWrapper,
  type Plan,
} from '../../src/index.ts'
import { failureOf, recordingEngine } from '../recording.ts'

test('subscribers hear documents in the order of subscription, once per function and name', async () => {
  const r = recordingEngine()
  const heard: string[] = []
  const first = (name: string): void => void heard.push(`first ${name}`)
  const token = r.RE.subscribe(first, 'stop')
  const again = r.RE.subscribe(first, 'stop')
  r.RE.subscribe((name) => void heard.push(`second ${name}`), 'stop')
  await r.RE.run(count([r.hw.det]))
  expect(heard).toEqual(['first stop', 'second stop'])
  r.RE.unsubscribe(token)
  await r.RE.run(count([r.hw.det]))
  expect(heard).toHaveLength(4)
  r.RE.unsubscribe(again)
  await r.RE.run(count([r.hw.det]))
  expect(heard).toHaveLength(5)
  expect(() => r.RE.subscribe(first, 'evnt')).toThrow('not the name of a document')
})

test('subscriptions of a call or of a plan end with it', async () => {
  const r = recordingEngine()
  const heard: string[] = []
  const listen = (name: string): void => void heard.push(name)
  await r.RE.run(count([r.hw.det]), { start: listen, stop: [listen] })
  await r.RE.run(count([r.hw.det]), listen)
  await r.RE.run(subsWrapper(count([r.hw.det]), { event: listen }))
  await r.RE.run(count([r.hw.det]))
  expect(heard).toEqual(['start', 'stop', 'start', 'descriptor', 'event', 'stop', 'event'])
})

test('preprocessors apply in order, the last one outermost', async () => {
  const mark = (name: string) =>
    function* (plan: Plan): Plan {
      yield Msg('sleep', null, { args: [0], kwargs: { name } })
      return yield* plan
    }
  const order: unknown[] = []
  const RE = new RunEngine({ preprocessors: [mark('inner'), mark('outer')] })
  RE.hooks.msgHook = (msg) => order.push(msg.kwargs['name'] ?? msg.command)
  await RE.run([Msg('null')])
  expect(order).toEqual(['outer', 'inner', 'null'])
})

test('commands can be added and taken away', async () => {
  const { RE } = recordingEngine()
  RE.registerCommand('double', (_core, msg) => Number(msg.args[0]) * 2)
  const plan = function* (): Plan {
    return yield Msg('double', null, { args: [21] })
  }
  await RE.run(plan())
  expect(RE.lastResult?.plan_result).toBe(42)
  RE.unregisterCommand('double')
  expect(await failureOf(RE.run(plan()))).toMatchObject({ code: 'RUN_INVALID_COMMAND' })
  expect(new RunEngine().commands).toEqual(Object.keys(builtinCommands))
})

test('two engines run in one process without knowing of each other', async () => {
  const [a, b] = [recordingEngine(), recordingEngine()]
  await Promise.all([
    a.RE.run(scan([a.hw.det], a.hw.motor, 0, 1, 5)),
    b.RE.run(scan([b.hw.det], b.hw.motor, 5, 6, 3)),
  ])
  expect([a.events().length, b.events().length]).toEqual([5, 3])
})

test('a plan asks the operator through the input hook, and fails where nobody answers', async () => {
  const plan = function* (): Plan {
    return yield Msg('input', null, { kwargs: { prompt: 'ready? ' } })
  }
  const r = recordingEngine({ hooks: { inputHook: async (prompt) => `${prompt}yes` } })
  await r.RE.run(plan())
  expect(r.RE.lastResult?.plan_result).toBe('ready? yes')
  expect(await failureOf(recordingEngine().RE.run(plan()))).toMatchObject({ code: 'RUN_NO_OPERATOR' })
})

test('an abort while the operator is asked takes the question back', async () => {
  let signal: AbortSignal | null = null
  const inputHook = (_prompt: string, given: AbortSignal): Promise<string> => {
    signal = given
    return new Promise(() => undefined)
  }
  const r = recordingEngine({ hooks: { inputHook } })
  const run = failureOf(r.RE.run([Msg('input')]))
  await r.RE.abort()
  await run
  expect(signal).toMatchObject({ aborted: true })
})

test('every standard plan has a name, a description and described parameters', async () => {
  const { signatureOf } = await import('../../src/index.ts')
  for (const [name, plan] of Object.entries(standardPlans)) {
    const signature = signatureOf(plan)
    expect(signature.name).toBe(name)
    expect(signature.description?.length).toBeGreaterThan(5)
    for (const parameter of signature.parameters) expect(parameter.description?.length).toBeGreaterThan(5)
  }
})
