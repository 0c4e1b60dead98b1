import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseWorkerSpec } from '../src/worker-spec.ts'

const least = {
  queue: 'main',
  socket: '/run/w.sock',
  dataDir: '/data',
  runtimeDir: '/run',
  topic: 'demo.bluesky.documents',
  spoolDir: '/data/state/spool/demo',
}

test('what is left out has a default', () => {
  expect(parseWorkerSpec(least)).toMatchObject({
    startup: { kind: 'demo' },
    publishDocuments: true,
    onUnavailable: 'spool',
    worker: 'native',
    supervisorPid: null,
    onShutdown: 'pause',
  })
})

test('every problem is named at once', () => {
  const broken = { ...least, queue: 5, socket: 'relative', startup: { kind: 'dir' }, onUnavailable: 'never' }
  expect(() => parseWorkerSpec(broken)).toThrow(
    /queue must be a non-empty string; socket must be an absolute path; startup must be .*; onUnavailable has/,
  )
})

test('any JSON gives a spec or WORKER_SPEC_INVALID', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.jsonValue(),
        fc
          .record({ bus: fc.jsonValue(), env: fc.jsonValue(), log: fc.jsonValue() })
          .map((odd) => ({ ...least, ...odd })),
      ),
      (raw) => {
        try {
          parseWorkerSpec(raw)
        } catch (error) {
          expect(error).toMatchObject({ code: 'WORKER_SPEC_INVALID' })
        }
      },
    ),
  )
})
