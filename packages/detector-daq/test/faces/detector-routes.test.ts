import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, runDaq, type RunningDaq } from '../service/running-daq.ts'

let daq: RunningDaq

beforeAll(async () => {
  daq = await runDaq({ simulator: { enabled: true } })
})
afterAll(() => daq.close())

const post = async (body: unknown, path = '/detector'): Promise<unknown> =>
  (await call(daq.rest, path, body))['response']

test('settings of the simulated detector are kept', async () => {
  expect(
    await post({ det_name: 'jungfrau', config: { frames: 5, exptime: 0.01, speed: 'half_speed' } }),
  ).toBe('request_success')
  expect(await call(daq.rest, '/detector/jungfrau')).toMatchObject({
    det_name: 'JUNGFRAU',
    frames: 5,
    exptime: 0.01,
    speed: 'half_speed',
    dr: 16,
    timing: 'AUTO_TIMING',
  })
})

test.each([
  [{ frames: 5, gain: 3 }, 'Parameter not valid: gain'],
  [{ dr: 12 }, 'Parameter not valid: dr'],
  [{ timing: 'sometimes' }, 'Parameter not valid: timing'],
  [{ constructor: 1 }, 'Parameter not valid: constructor'],
])('%j is refused with the name of the parameter, and nothing changes', async (config, response) => {
  const before = await call(daq.rest, '/detector/jungfrau')
  expect(await post({ det_name: 'jungfrau', config })).toBe(response)
  expect(await call(daq.rest, '/detector/jungfrau')).toEqual(before)
})

test('a bit depth that the detector cannot have leaves the configuration as it was', async () => {
  expect(await post({ det_name: 'jungfrau', config: { dr: 32 } })).toMatch(
    /^Problem with parameters: bit_depth/,
  )
  expect((await call(daq.rest, '/daq/config'))['config']).toMatchObject({ bit_depth: 16 })
})

test('the detector is started, asked and stopped', async () => {
  const command = (cmd: string): Promise<unknown> => post({ cmd }, '/detector/jungfrau')
  expect(await command('STATUS')).toBe('IDLE')
  expect(await command('START')).toBe('request_success')
  expect(await command('START')).toMatch(/not idle/)
  expect(await command('STATUS')).toBe('RUNNING')
  expect(await command('STOP')).toBe('request_success')
  expect(await command('STOP')).toMatch(/not running/)
  expect(await command('DANCE')).toBe('Command not valid: DANCE')
})

test('a body without a configuration is not valid', async () => {
  expect(await post({ det_name: 'jungfrau' })).toBe('Detector configuration not valid.')
  expect(await post({ config: { frames: 1 } })).toBe('Detector configuration not valid.')
})

test('a real detector is not set from here, but wrong parameters are still named', async () => {
  const real = await runDaq({ simulator: { enabled: false } })
  const answer = async (config: unknown): Promise<unknown> =>
    (await call(real.rest, '/detector', { det_name: 'eiger', config }))['response']
  expect(await answer({ frames: 1 })).toBe('Problem connecting to the detector.')
  expect(await answer({ nonsense: 1 })).toBe('Parameter not valid: nonsense')
  await real.close()
})
