import { count, RunEngine } from '@beamtime/run-engine'
import { describe, expect, test } from 'vitest'
import { createLiveDataDevice } from '../../src/device.ts'
import { cumulativeTwin, Exposure } from '../../src/device/exposure.ts'
import { startFake, startLiveData } from '../../src/index.ts'
import type { LiveOutput } from '../../src/ui-types.ts'
import { testPlatform } from '../service/platform.part.ts'

function result(timeMs: number, value: number, more: Partial<LiveOutput> = {}): LiveOutput {
  return {
    key: 'k',
    workflow: 'w',
    source: 's',
    jobNumber: 'j',
    output: 'o',
    label: '',
    signal: { dims: [], shape: [], unit: 'counts', values: Float64Array.of(value) },
    errors: null,
    coords: {},
    startTimeMs: 0,
    timeMs,
    receivedAt: timeMs,
    sequence: 1,
    ...more,
  }
}

describe('an exposure', () => {
  test('of a cumulative output is what came between the results around it', () => {
    const exposure = new Exposure({
      fromMs: 1_500,
      exposureMs: 2_000,
      isCumulative: true,
      known: result(500, 10),
      isFresh: false,
    })
    expect(exposure.take(result(1_400, 14))).toBeNull()
    expect(exposure.take(result(2_400, 20))).toBeNull()
    expect(exposure.take(result(3_400, 30))).toBeNull()
    expect(exposure.take(result(4_400, 44))).toMatchObject({
      values: Float64Array.of(30),
      coveredMs: 3_000,
      timeMs: 4_400,
    })
  })

  test('exposures one after another neither lose nor double an event', () => {
    const totals = Array.from({ length: 40 }, (_, k) => result(k * 1_000, k * k, { startTimeMs: 0 }))
    let summed = 0
    let from = 0
    let at = 0
    for (let k = 0; k < 5; k++) {
      const fromMs = totals[at]?.timeMs ?? 0
      const exposure = new Exposure({
        fromMs,
        exposureMs: 3_000,
        isCumulative: true,
        known: totals[at] ?? null,
        isFresh: false,
      })
      for (;;) {
        at += 1
        const next = totals[at]
        if (next === undefined) throw new Error('no end')
        const exposed = exposure.take(next)
        if (exposed === null) continue
        summed += exposed.values[0] ?? 0
        break
      }
      from = at
    }
    expect(summed).toBe(from * from)
  })

  test('of windows takes those inside, and says how long they were', () => {
    const exposure = new Exposure({
      fromMs: 1_000,
      exposureMs: 2_000,
      isCumulative: false,
      known: null,
      isFresh: false,
    })
    const window = (start: number, value: number) => result(start + 1_000, value, { startTimeMs: start })
    expect(exposure.take(window(500, 100))).toBeNull()
    expect(exposure.take(window(1_000, 3))).toBeNull()
    expect(exposure.take(window(2_000, 4))).toMatchObject({ values: Float64Array.of(7), coveredMs: 2_000 })
  })

  test('a reset in between is an error', () => {
    const exposure = new Exposure({
      fromMs: 1_500,
      exposureMs: 1_000,
      isCumulative: true,
      known: result(1_000, 10),
      isFresh: false,
    })
    expect(() => exposure.take(result(3_000, 2, { startTimeMs: 2_000 }))).toThrow(/LIVEDATA_JOB_RESET/)
  })

  test('a job that began for it counts from nothing', () => {
    const exposure = new Exposure({
      fromMs: 1_500,
      exposureMs: 1_000,
      isCumulative: true,
      known: null,
      isFresh: true,
    })
    expect(exposure.take(result(3_000, 12, { startTimeMs: 1_400 }))).toMatchObject({
      values: Float64Array.of(12),
    })
  })

  test('finds the cumulative output beside that of a window', () => {
    const outputs = [
      'cumulative',
      'current',
      'counts_total',
      'counts_total_cumulative',
      'delta',
      'roi_spectra_current',
      'roi_spectra_cumulative',
    ]
    expect(outputs.map((output) => cumulativeTwin(output, outputs))).toEqual([
      'cumulative',
      'cumulative',
      'counts_total_cumulative',
      'counts_total_cumulative',
      null,
      'roi_spectra_cumulative',
      'roi_spectra_cumulative',
    ])
  })
})

test(
  'a plan counts a live-data output: it starts the job, takes its points and stops it',
  { timeout: 60_000 },
  async () => {
    await using platform = await testPlatform()
    const common = { instrument: 'dummy', upstream: platform.bus }
    const service = {
      ...common,
      dev: true,
      autoStart: false,
      sink: 'kafka',
      sinkDir: platform.directory,
      windowS: 0.25,
    } as const
    await platform.run((context) => startLiveData('detector-data', service, context))
    await platform.run((context) =>
      startFake({ ...common, kind: 'fake-detectors', options: { rate: 100 } }, context),
    )
    const panel = createLiveDataDevice('panel', {
      instrument: 'dummy',
      workflow: 'panel_0_xy',
      source: 'panel_0',
      output: 'counts_total',
      exposure_s: 0.5,
      bus: platform.bus,
    })
    const documents: { name: string; doc: Record<string, unknown> }[] = []
    const engine = new RunEngine()
    engine.subscribe(
      (name, doc) => void documents.push({ name, doc: doc as unknown as Record<string, unknown> }),
    )
    await engine.run(count([panel], 3))
    const events = documents
      .filter(({ name }) => name === 'event')
      .map(({ doc }) => doc['data'] as Record<string, number>)
    expect(events.length).toBe(3)
    for (const event of events) {
      expect(event['panel']).toBeGreaterThan(300)
      // 100 events a pulse, 14 pulses a second, over the time that the value covers.
      expect(Math.abs((event['panel'] ?? 0) / 1_400 - (event['panel_time'] ?? 0))).toBeLessThan(0.3)
    }
    const descriptor = documents.find(({ name }) => name === 'descriptor')?.doc as {
      configuration: Record<string, { data: Record<string, unknown> }>
    }
    expect(descriptor.configuration['panel']?.data).toMatchObject({
      panel_output: 'counts_total',
      panel_exposure_s: 0.5,
    })
    expect(descriptor.configuration['panel']?.data['panel_job_number']).toMatch(/^[0-9a-f-]{36}$/)
  },
)

test('without raw data the exposure fails and says so', async () => {
  await using platform = await testPlatform()
  const service = {
    instrument: 'dummy',
    upstream: platform.bus,
    dev: true,
    autoStart: false,
    sink: 'kafka',
    sinkDir: platform.directory,
  } as const
  await platform.run((context) => startLiveData('detector-data', service, context))
  const device = createLiveDataDevice('panel', {
    instrument: 'dummy',
    workflow: 'panel_0_xy',
    source: 'panel_0',
    output: 'current',
    exposure_s: 0.2,
    timeout_s: 0.5,
    bus: platform.bus,
  })
  const failure = (start: () => ReturnType<typeof device.stage>): Promise<Error | null> =>
    new Promise((resolve) => start().addCallback((status) => resolve(status.exception())))
  expect(await failure(() => device.stage())).toBeNull()
  expect((await failure(() => device.trigger()))?.message).toMatch(/LIVEDATA_TIMEOUT/)
  expect(await failure(() => device.unstage())).toBeNull()
})
