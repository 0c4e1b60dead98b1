import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { driver, events, last, T } from './core-driver.part.ts'

const topic = 'dummy_beam_monitor'
const jobId = { source_name: 'monitor1', job_number: 'number' }

describe('commands', () => {
  test('a start is answered with the stream name and the id of the message', () => {
    const service = driver('dummy', 'monitor_data')
    expect(service.start('monitor_histogram', 'monitor1').answers).toEqual([
      { message_id: 'message', device: 'monitor1', response: 'ACK', message: null },
    ])
  })

  test.each([
    ['unknown workflow', { identifier: 'dummy/nothing/1' }],
    ['workflow of another service', { identifier: 'dummy/panel_0_xy/1' }],
    ['another instrument', { identifier: 'loki/monitor_histogram/1' }],
    ['another version', { identifier: 'dummy/monitor_histogram/2' }],
    ['unknown kind', { kind: 'workflow' }],
    ['no job id', { job_id: null }],
    ['an end before the start', { schedule: { start_time: 20, end_time: 10 } }],
  ])('is silent about a start with %s', (_, change) => {
    const service = driver('dummy', 'monitor_data')
    const told = service.start('monitor_histogram', 'monitor1', {}, change)
    expect(told.answers).toEqual([])
    expect(service.core.all()).toEqual([])
  })

  test.each([
    [
      'a source that is not allowed',
      'panel_0',
      {},
      {},
      /^Source 'panel_0' is not allowed for workflow dummy\/monitor_histogram\/1/,
    ],
    [
      'parameters that cannot be',
      'monitor1',
      { toa_edges: { num_bins: 0 } },
      {},
      /num_bins: must be at least 1/,
    ],
    [
      'an unexpected further input',
      'monitor1',
      {},
      { aux_source_names: { x: 'monitor2' } },
      /Unexpected auxiliary source/,
    ],
    ['logarithmic bins from zero', 'monitor1', { toa_edges: { scale: 'log' } }, {}, /greater than 0/],
    ['wavelengths', 'monitor1', { coordinate_mode: { mode: 'wavelength' } }, {}, /must be one of toa/],
  ] as const)('says ERR to %s', (_, source, params, more, text) => {
    const service = driver('dummy', 'monitor_data')
    const [answer] = service.start('monitor_histogram', source, params, more).answers
    expect(answer).toMatchObject({ response: 'ERR', device: source })
    expect(answer?.['message']).toMatch(text)
  })

  test('a workflow without parameters takes an empty object and nothing else', () => {
    const service = driver('dummy', 'data_reduction')
    expect(service.start('total_counts', 'panel_0', { x: {} }).answers[0]).toMatchObject({ response: 'ERR' })
    expect(service.start('total_counts', 'panel_0', {}).answers[0]).toMatchObject({ response: 'ACK' })
  })

  test('control goes to the job, else to all of the workflow, else to all', () => {
    const service = driver('dummy', 'monitor_data')
    const begin = () => {
      for (const source of ['monitor1', 'monitor2'])
        service.start('monitor_histogram', source, {}, { job_id: { source_name: source, job_number: 'n' } })
    }
    begin()
    const one = service.command({
      kind: 'job_command',
      message_id: 'm',
      job_id: { source_name: 'monitor1', job_number: 'n' },
      workflow_id: null,
      action: 'stop',
    })
    expect(one.answers).toEqual([{ message_id: 'm', device: 'monitor1/n', response: 'ACK', message: null }])
    expect(service.core.all().length).toBe(1)
    begin()
    const reset = service.command({
      kind: 'job_command',
      action: 'reset',
      workflow_id: 'dummy/monitor_histogram/1',
    })
    expect(reset.answers).toMatchObject([{ device: 'all', response: 'ACK' }])
    const all = service.command({ kind: 'job_command', action: 'stop' })
    expect(all.answers).toMatchObject([{ device: 'all', response: 'ACK' }])
    expect(all.status.map(({ json }) => JSON.parse(json).message.state)).toEqual(['stopped', 'stopped'])
    expect(service.command({ kind: 'job_command', action: 'stop' }).answers).toEqual([])
    expect(service.command({ kind: 'job_command', action: 'stop', job_id: jobId }).answers).toEqual([])
  })

  test('pause and resume say that they are not there', () => {
    const service = driver('dummy', 'monitor_data')
    service.start('monitor_histogram', 'monitor1')
    for (const [action, text] of [
      ['pause', 'Pause action not implemented yet'],
      ['resume', 'Resume action not implemented yet'],
    ])
      expect(service.command({ kind: 'job_command', action, job_id: jobId }).answers).toMatchObject([
        { response: 'ERR', message: text },
      ])
  })

  test('time series cannot be reset', () => {
    const service = driver('dummy', 'timeseries')
    service.start('timeseries_data', 'motion1', {}, { job_id: { source_name: 'motion1', job_number: 'n' } })
    const { answers } = service.command({
      kind: 'job_command',
      action: 'reset',
      job_id: { source_name: 'motion1', job_number: 'n' },
    })
    expect(answers).toMatchObject([{ response: 'ERR', message: 'Job motion1/n does not support reset.' }])
  })

  test('a service of dialect A, whose commands are named by their keys, is understood and answered in its way', () => {
    const service = driver('dummy', 'monitor_data')
    const value = {
      identifier: { instrument: 'dummy', namespace: 'monitor_data', name: 'monitor_histogram', version: 1 },
      job_id: { source_name: 'monitor1', job_number: 'number' },
      params: {},
    }
    expect(service.command(value, 'monitor1/monitor_data/workflow_config').answers).toMatchObject([
      { device: 'monitor1', response: 'ACK' },
    ])
    const told = service.run(4, (timeNs) => [[topic, events('monitor1', timeNs, [1_000])]])
    expect(last(told, 'cumulative').name['workflow_id']).toEqual({
      instrument: 'dummy',
      namespace: 'monitor_data',
      name: 'monitor_histogram',
      version: 1,
    })
    expect(Object.keys(last(told, 'cumulative').array.coords)).toContain('end_time')
    expect(told.status.at(-1)?.json).toContain('"workflow_id":"dummy/monitor_data/monitor_histogram/1"')
    expect(service.command({ action: 'stop', job_id: jobId }, '*/*/job_command').answers).toMatchObject([
      { response: 'ACK' },
    ])
  })

  test('dialect B has end_time where C has time', () => {
    const service = driver('dummy', 'monitor_data', { dialect: 'B' })
    service.start('monitor_histogram', 'monitor1')
    const told = service.run(3, (timeNs) => [[topic, events('monitor1', timeNs, [1_000])]])
    expect(Object.keys(last(told, 'cumulative').array.coords).toSorted()).toEqual([
      'end_time',
      'start_time',
      'time_of_arrival',
    ])
  })

  test('whatever stands on the topic, the service lives', () => {
    const service = driver('dummy', 'monitor_data')
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((params) =>
            JSON.stringify({
              kind: 'workflow_config',
              identifier: 'dummy/monitor_histogram/1',
              job_id: jobId,
              params,
            }),
          ),
        ),
        fc.oneof(fc.constant(null), fc.string()),
        (text, key) => {
          service.command(text, key)
        },
      ),
    )
    service.command({ kind: 'job_command', action: 'stop' })
    expect(service.start('monitor_histogram', 'monitor1').answers).toMatchObject([{ response: 'ACK' }])
  })

  test('a start at a time begins with the first window after it, and an end ends the job', () => {
    const service = driver('dummy', 'monitor_data')
    const schedule = { start_time: Number(T) + 3e9, end_time: Number(T) + 6e9 }
    service.start('monitor_histogram', 'monitor1', {}, { schedule })
    const told = service.run(10, (timeNs) => [[topic, events('monitor1', timeNs, [1_000])]])
    const states = told.status
      .filter(({ serviceId }) => serviceId === 'monitor1:number')
      .map(({ json }) => JSON.parse(json).message.state)
    expect(states[0]).toBe('scheduled')
    expect(states.at(-1)).toBe('stopped')
    const { start_time: start, time } = last(told, 'cumulative').array.coords
    expect(start?.values[0]).toBeGreaterThanOrEqual(T + 3_000_000_000n)
    expect(time?.values[0]).toBeLessThan(T + 8_000_000_000n)
  })
})
