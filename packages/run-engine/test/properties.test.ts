import { validateDocument, type DocumentName } from '@beamtime/event-model'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Msg, runWrapper, triggerAndRead, type Plan } from '../src/index.ts'
import { failureOf, recordingEngine, type Recording } from './recording.ts'

/* Random plans: whatever happens, the documents make sense. */

type Step =
  | { readonly kind: 'point'; readonly stream: string; readonly device: 'det' | 'motor' | 'sig' }
  | { readonly kind: 'move'; readonly position: number }
  | { readonly kind: 'checkpoint' }
  | { readonly kind: 'pause' }
  | { readonly kind: 'fail' }

const device = fc.constantFrom('det', 'motor', 'sig')
const calm: fc.Arbitrary<Step> = fc.oneof(
  device.map((name): Step => ({ kind: 'point', stream: name, device: name as 'det' })),
  fc.double({ min: -5, max: 5, noNaN: true }).map((position): Step => ({ kind: 'move', position })),
  fc.constant<Step>({ kind: 'checkpoint' }),
)
const stormy: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: calm },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'pause' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'fail' }) },
)

function* planOf(r: Recording, steps: readonly Step[]): Plan<void> {
  for (const step of steps) {
    switch (step.kind) {
      case 'point':
        yield* triggerAndRead([r.hw[step.device]], step.stream)
        break
      case 'move':
        yield Msg('set', r.hw.motor, { args: [step.position], kwargs: { group: 'm' } })
        yield Msg('wait', null, { kwargs: { group: 'm' } })
        break
      case 'checkpoint':
        yield Msg('checkpoint')
        break
      case 'pause':
        yield Msg('pause')
        break
      case 'fail':
        throw new Error('on purpose')
    }
  }
}

function checkDocuments(r: Recording): void {
  const names = r.documents.map(([name]) => name)
  expect(names[0]).toBe('start')
  expect(names.at(-1)).toBe('stop')
  expect(names.filter((name) => name === 'stop')).toHaveLength(1)
  const described = new Set<unknown>()
  for (const [name, doc] of r.documents) {
    expect(validateDocument(name as DocumentName, doc)).toEqual({ ok: true })
    if (name === 'descriptor') described.add(Reflect.get(doc, 'uid'))
    if (name === 'event') expect(described.has(Reflect.get(doc, 'descriptor'))).toBe(true)
  }
  for (const [stream, count] of Object.entries(r.stops()[0]?.num_events ?? {})) {
    const seqNums = r.events(stream).map((event) => event.seq_num)
    expect(new Set(seqNums).size).toBe(count)
    expect(Math.max(0, ...seqNums)).toBe(count)
  }
}

test('without interruption each stream counts 1, 2, 3, …', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(calm, { maxLength: 25 }), async (steps) => {
      const r = recordingEngine()
      await r.RE.run(runWrapper(planOf(r, steps)))
      checkDocuments(r)
      for (const stream of ['det', 'motor', 'sig']) {
        const seqNums = r.events(stream).map((event) => event.seq_num)
        expect(seqNums).toEqual(seqNums.map((_, i) => i + 1))
      }
    }),
    { numRuns: 60 },
  )
})

test('with pauses, failures and aborts the documents still make sense', async () => {
  const endings = fc.constantFrom('resume', 'stop', 'abort', 'halt')
  await fc.assert(
    fc.asyncProperty(fc.array(stormy, { maxLength: 25 }), fc.array(endings), async (steps, answers) => {
      const r = recordingEngine()
      let promise: Promise<unknown> = r.RE.run(runWrapper(planOf(r, steps)))
      for (let i = 0; ; i++) {
        await promise.catch(() => undefined)
        if (r.RE.state !== 'paused') break
        const answer = answers[i] ?? 'abort'
        promise = answer === 'resume' ? r.RE.resume() : r.RE[answer as 'stop']()
      }
      expect(r.RE.state).toBe('idle')
      checkDocuments(r)
    }),
    { numRuns: 80 },
  )
})

test('a request at any moment leaves an idle engine and closed runs', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 40 }),
      fc.constantFrom('stop', 'abort', 'halt'),
      async (when, what) => {
        const r = recordingEngine()
        let ended: Promise<unknown> = Promise.resolve()
        let n = 0
        r.RE.hooks.msgHook = () => {
          if (n++ === when) ended = r.RE[what as 'stop']()
        }
        const steps = Array.from({ length: 5 }, (): Step => ({ kind: 'point', stream: 'det', device: 'det' }))
        await r.RE.run(runWrapper(planOf(r, steps))).catch(() => undefined)
        await ended
        expect(r.RE.state).toBe('idle')
        expect(r.stops()).toHaveLength(r.starts().length)
      },
    ),
    { numRuns: 60 },
  )
})

test('a plan that yields what is no message is refused, and the engine stays usable', async () => {
  const garbage = fc.oneof(fc.anything(), fc.record({ command: fc.anything(), obj: fc.anything() }))
  await fc.assert(
    fc.asyncProperty(garbage, async (value) => {
      const r = recordingEngine()
      const plan = function* (): Plan<void> {
        yield value as Msg
      }
      await failureOf(r.RE.run(plan()))
      expect(r.RE.state).toBe('idle')
    }),
    { numRuns: 100 },
  )
})
