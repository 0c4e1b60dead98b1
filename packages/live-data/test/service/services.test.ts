import { waitFor } from '@beamtime/service-kit/testing'
import { silentLogger } from '@beamtime/service-kit'
import { describe, expect, test } from 'vitest'
import { ev44 } from '@beamtime/stream-formats'
import { fakeMonitors } from '../../src/fakes/fake-monitors.ts'
import { openLiveView, startFake, startLiveData, type LiveView, type ServiceKind } from '../../src/index.ts'
import type { LiveOutput } from '../../src/ui-types.ts'
import { testPlatform, type TestPlatform } from './platform.part.ts'

const T = 1_700_000_000_000_000_000n
const generous = { timeoutMs: 15_000 }

function openView(platform: TestPlatform): LiveView {
  const view = openLiveView({ instrument: 'dummy', downstream: platform.bus, log: silentLogger })
  platform.defer(() => view.close())
  return view
}

function runService(platform: TestPlatform, kind: ServiceKind, more: { autoStart?: boolean } = {}) {
  return platform.run((context) =>
    startLiveData(
      kind,
      {
        instrument: 'dummy',
        dev: true,
        autoStart: more.autoStart ?? false,
        sink: 'kafka',
        sinkDir: platform.directory,
        upstream: platform.bus,
        windowS: 0.25,
      },
      context,
    ),
  )
}

function sum(output: LiveOutput | null): number {
  return (output?.signal.values as Float64Array | undefined)?.reduce((all, each) => all + each, 0) ?? 0
}

const key = (workflow: string, source: string, output: string) => `dummy/${workflow}/1/${source}/${output}`

describe('a service on a broker', () => {
  test('by itself shows histograms of monitors that are exactly those of the pulses so far', async () => {
    await using platform = await testPlatform()
    const view = openView(platform)
    const started = performance.now()
    await runService(platform, 'monitor-data', { autoStart: true })
    const options = { mode: 'ev44', monitors: 2, rate: 500, seed: 7 } as const
    await platform.run((context) =>
      startFake({ kind: 'fake-monitors', instrument: 'dummy', upstream: platform.bus, options }, context),
    )
    const first = key('monitor_histogram', 'monitor1', 'cumulative')
    await waitFor(() => sum(view.output(first)) > 0, generous)
    expect(performance.now() - started).toBeLessThan(5_000)
    await waitFor(() => (view.output(first)?.sequence ?? 0) >= 4, generous)
    const output = view.output(first)

    const again = fakeMonitors('dummy', options)
    const totals = [0]
    const isInside = (toa: number): boolean => toa >= 0 && toa < 71_430_000
    for (let pulse = 0; pulse < 500; pulse++) {
      const [message] = again.at(T, pulse)
      const { time_of_flight: toa } = ev44.decode(message?.value ?? new Uint8Array(0))
      totals.push((totals.at(-1) ?? 0) + toa.reduce((count, each) => count + (isInside(each) ? 1 : 0), 0))
    }
    expect(totals).toContain(sum(output))
    expect(output?.coords['time_of_arrival']?.unit).toBe('ms')
    expect(output?.coords['time_of_arrival']?.values.length).toBe(101)
    expect(output?.errors?.values.length).toBe(100)
    expect(output?.timeMs ?? 0).toBeGreaterThan(output?.startTimeMs ?? Infinity)
  })

  test('starts, resets and stops jobs on command, and every asked job answers', async () => {
    await using platform = await testPlatform()
    const view = openView(platform)
    await runService(platform, 'detector-data')
    await platform.run((context) =>
      startFake(
        { kind: 'fake-detectors', instrument: 'dummy', upstream: platform.bus, options: { rate: 200 } },
        context,
      ),
    )
    const workflow = 'dummy/panel_0_xy/1'
    const parameters = { toa_edges: { num_bins: 10 } }
    const begun = await view.command({
      kind: 'start',
      workflow,
      sources: [{ source: 'panel_0', parameters }],
    })
    expect(begun).toMatchObject({
      expected: 1,
      isTimedOut: false,
      answers: [{ ok: true, device: 'panel_0' }],
    })
    const image = `${workflow}/panel_0/cumulative`
    await waitFor(() => sum(view.output(image)) > 0, generous)
    expect(view.output(image)?.signal.shape).toEqual([128, 128])

    const before = view.output(image)?.startTimeMs ?? 0
    const reset = await view.command({ kind: 'reset', workflow })
    expect(reset?.answers).toMatchObject([{ ok: true, device: `panel_0/${begun?.jobNumber}` }])
    await waitFor(() => (view.output(image)?.startTimeMs ?? 0) > before, generous)

    const jobNumber = begun?.jobNumber ?? ''
    const items = [
      { index: 0, x: [0, 64], y: [0, 128] },
      { index: 2, x: [64, 128], y: [0, 128] },
    ]
    await view.command({
      kind: 'regions',
      source: 'panel_0',
      jobNumber,
      regions: { kind: 'rectangles', unitX: null, unitY: null, items },
    })
    const spectra = `${workflow}/panel_0/roi_spectra_cumulative`
    await waitFor(() => view.output(spectra)?.signal.shape[0] === 2, generous)
    await waitFor(
      () => view.output(`${workflow}/panel_0/roi_rectangle`)?.coords['roi_index'] !== undefined,
      generous,
    )
    const readback = view.output(`${workflow}/panel_0/roi_rectangle`)
    expect(Array.from(readback?.coords['roi_index']?.values ?? [])).toEqual([0, 0, 2, 2])
    expect(Array.from(readback?.coords['x']?.values ?? [])).toEqual([0, 64, 64, 128])

    const stopped = await view.command({ kind: 'stop', workflow })
    expect(stopped).toMatchObject({ expected: 1, isTimedOut: false })
    await waitFor(
      () => view.state().jobs.some((job) => job.jobNumber === jobNumber && job.state === 'stopped'),
      generous,
    )
  })

  test('says no, with the reason, to parameters that cannot be', async () => {
    await using platform = await testPlatform()
    const view = openView(platform)
    await runService(platform, 'monitor-data')
    const result = await view.command({
      kind: 'start',
      workflow: 'dummy/monitor_histogram/1',
      sources: [{ source: 'monitor1', parameters: { toa_edges: { start: 5, stop: 1 } } }],
    })
    expect(result?.answers).toMatchObject([
      { ok: false, message: 'toa_edges: stop must be greater than start' },
    ])
    await waitFor(() => view.state().notices.some(({ level }) => level === 'error'), generous)
  })

  test('jobs that run are adopted by a view that opens later, with the settings they were started with', async () => {
    await using platform = await testPlatform()
    await runService(platform, 'monitor-data')
    const first = openView(platform)
    const parameters = { toa_edges: { num_bins: 7 } }
    const begun = await first.command({
      kind: 'start',
      workflow: 'dummy/monitor_histogram/1',
      sources: [
        { source: 'monitor1', parameters },
        { source: 'monitor2', parameters },
      ],
    })
    await first.close()
    const second = openView(platform)
    const workflow = 'dummy/monitor_histogram/1'
    await waitFor(() => second.state().jobs.filter(({ state }) => state === 'active').length === 2, generous)
    const generation = second.state().generations.find((each) => each.workflow === workflow)
    expect(generation?.jobNumber).toBe(begun?.jobNumber)
    expect(generation?.settings['monitor2']?.parameters).toEqual(parameters)
    expect(generation?.isPending).toBe(false)
  })

  test('a commit stops the jobs before it and no result of theirs is shown any more', async () => {
    await using platform = await testPlatform()
    const view = openView(platform)
    await runService(platform, 'monitor-data')
    await platform.run((context) =>
      startFake(
        {
          kind: 'fake-monitors',
          instrument: 'dummy',
          upstream: platform.bus,
          options: { mode: 'da00', rate: 100 },
        },
        context,
      ),
    )
    const workflow = 'dummy/monitor_histogram/1'
    const start = (num_bins: number) =>
      view.command({
        kind: 'start',
        workflow,
        sources: [{ source: 'monitor1', parameters: { toa_edges: { num_bins } } }],
      })
    const old = await start(5)
    await waitFor(() => view.output(`${workflow}/monitor1/current`)?.signal.shape[0] === 5, generous)
    const next = await start(9)
    await waitFor(() => view.output(`${workflow}/monitor1/current`)?.signal.shape[0] === 9, generous)
    expect(view.output(`${workflow}/monitor1/current`)?.jobNumber).toBe(next?.jobNumber)
    await waitFor(
      () => view.state().jobs.find((job) => job.jobNumber === old?.jobNumber)?.state === 'stopped',
      generous,
    )
  })

  test('time series of motors arrive with their own times', async () => {
    await using platform = await testPlatform()
    const view = openView(platform)
    await runService(platform, 'timeseries', { autoStart: true })
    await platform.run((context) =>
      startFake(
        {
          kind: 'fake-logdata',
          instrument: 'dummy',
          upstream: platform.bus,
          options: { pointsPerSecond: 20 },
        },
        context,
      ),
    )
    const motion = key('timeseries_data', 'motion1', 'delta')
    await waitFor(() => (view.history(motion)?.times.length ?? 0) > 10, generous)
    expect(view.output(motion)?.signal.unit).toBe('mm')
    const times = view.history(motion)?.times ?? new Float64Array(0)
    expect(times.every((time, at) => at === 0 || time > (times[at - 1] ?? 0))).toBe(true)
  })

  test('two processes that share the streams of a service answer once and count everything once', async () => {
    await using platform = await testPlatform()
    const view = openView(platform)
    for (const index of [0, 1])
      await platform.run((context) =>
        startLiveData(
          'monitor-data',
          {
            instrument: 'dummy',
            dev: true,
            autoStart: false,
            sink: 'kafka',
            sinkDir: platform.directory,
            upstream: platform.bus,
            windowS: 0.25,
            shard: { index, count: 2 },
          },
          context,
        ),
      )
    const sources = ['monitor1', 'monitor2', 'monitor3', 'monitor4'].map((source) => ({
      source,
      parameters: {},
    }))
    const result = await view.command({ kind: 'start', workflow: 'dummy/monitor_histogram/1', sources })
    expect(result?.answers.map(({ device }) => device).toSorted()).toEqual(
      sources.map(({ source }) => source),
    )
    await waitFor(
      () => view.state().workers.reduce((all, { activeJobs }) => all + activeJobs, 0) === 4,
      generous,
    )
    expect(view.state().workers.every(({ activeJobs }) => activeJobs < 4)).toBe(true)
  })
})
