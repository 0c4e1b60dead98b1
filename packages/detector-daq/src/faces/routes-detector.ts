import type { FastifyInstance } from 'fastify'
import type { Daq } from '../service/daq.ts'
import { errorText, tableOf } from './reply.ts'

/* Settings of the detector itself (daq contract 10.1): GET and POST /detector. A real detector is set with its maker's library, which we
 * do not have; the simulated one keeps the settings, and `dr` changes the configuration. */

type Check = (value: unknown) => boolean

const isCount: Check = (value) => typeof value === 'number' && Number.isInteger(value) && value >= 0
const isSeconds: Check = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0
const isWordOf =
  (words: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && words.includes(value.toUpperCase())

const speeds = ['FULL_SPEED', 'HALF_SPEED', 'QUARTER_SPEED']

/** The parameters, what they may be, and what they are at the start. */
const parameters: Readonly<Record<string, { readonly fits: Check; readonly initial: unknown }>> = {
  triggers: { fits: isCount, initial: 1 },
  timing: {
    fits: isWordOf(['AUTO_TIMING', 'TRIGGER_EXPOSURE', 'GATED', 'BURST_TRIGGER']),
    initial: 'AUTO_TIMING',
  },
  frames: { fits: isCount, initial: 1 },
  period: { fits: isSeconds, initial: 0.1 },
  exptime: { fits: isSeconds, initial: 0.001 },
  dr: { fits: (value) => [4, 8, 16, 32].includes(Number(value)) && isCount(value), initial: undefined },
  speed: {
    fits: (value) => isWordOf(speeds)(value) || (isCount(value) && Number(value) < speeds.length),
    initial: 'FULL_SPEED',
  },
  tengiga: { fits: (value) => typeof value === 'boolean' || value === 0 || value === 1, initial: true },
  threshold: { fits: (value) => typeof value === 'number', initial: -1 },
  vthreshold: { fits: (value) => typeof value === 'number', initial: -1 },
}

interface Answer {
  readonly response: string
}

const success: Answer = { response: 'request_success' }
const unreachable: Answer = { response: 'Problem connecting to the detector.' }

/** The first parameter that is not known or does not fit. */
function invalidParameter(config: Readonly<Record<string, unknown>>): string | undefined {
  return Object.entries(config).find(
    ([name, value]) => !Object.hasOwn(parameters, name) || parameters[name]?.fits(value) !== true,
  )?.[0]
}

export function addDetectorRoutes(app: FastifyInstance, daq: Daq): void {
  const settings = Object.fromEntries(
    Object.entries(parameters).map(([name, { initial }]) => [name, initial]),
  )
  const isSimulated = daq.settings.simulator.enabled

  function current(): Readonly<Record<string, unknown>> {
    const name = daq.config.detector_type.split('-')[0] ?? ''
    return { det_name: name.toUpperCase(), ...settings, dr: daq.config.bit_depth }
  }

  async function set(config: Readonly<Record<string, unknown>>): Promise<Answer> {
    const invalid = invalidParameter(config)
    if (invalid !== undefined) return { response: `Parameter not valid: ${invalid}` }
    if (!isSimulated) return unreachable
    const { dr, ...others } = config
    if (dr !== undefined && dr !== daq.config.bit_depth) await daq.changeConfig({ bit_depth: dr })
    Object.assign(settings, others)
    return success
  }

  async function command(cmd: string): Promise<Answer> {
    if (!isSimulated) return unreachable
    const { isRunning } = daq.simulation()
    switch (cmd) {
      case 'START':
        if (isRunning) return { response: 'Not possible to start, the detector is not idle' }
        daq.startSimulation()
        return success
      case 'STOP':
        if (!isRunning) return { response: 'Nothing to do, the detector is not running.' }
        await daq.stopSimulation()
        return success
      case 'STATUS':
        return { response: isRunning ? 'RUNNING' : 'IDLE' }
      default:
        return { response: `Command not valid: ${cmd}` }
    }
  }

  async function post(body: unknown, named: string | undefined): Promise<Answer> {
    const table = tableOf(body)
    const { cmd, config } = table
    const name = named ?? table['det_name']
    if (typeof name !== 'string' || name === '') return { response: 'Detector configuration not valid.' }
    try {
      if (typeof cmd === 'string' && cmd !== 'SET_CONFIG') return await command(cmd)
      if (typeof config !== 'object' || config === null)
        return { response: 'Detector configuration not valid.' }
      return await set(tableOf(config))
    } catch (error) {
      return { response: `Problem with parameters: ${errorText(error)}` }
    }
  }

  app.get('/detector', () => (isSimulated ? current() : unreachable))
  app.get('/detector/:name', () => (isSimulated ? current() : unreachable))
  app.post('/detector', ({ body }) => post(body, undefined))
  app.post<{ Params: { name: string } }>('/detector/:name', ({ body, params }) => post(body, params.name))
}
