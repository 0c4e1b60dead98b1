import type { DeviceProgress, WireDevice, WirePlan } from '../protocol.ts'
import { WorkerHostError } from '../error.ts'

/* Newline-delimited JSON between the host and `python/beamtime_worker`:
 *   to Python    {id, op, ...}                                    answered, except `answer` and `close`
 *   from Python  {id, ok: true, result} | {id, ok: false, msg, traceback, rejected?}   and events {event, ...}
 * Documents go over a socket of their own (document-frames.ts). */

export interface BridgeLists {
  readonly existing_plans: Readonly<Record<string, WirePlan>>
  readonly existing_devices: Readonly<Record<string, WireDevice>>
}

export type BridgeMessage =
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | {
      readonly kind: 'failure'
      readonly id: number
      readonly rejected: boolean
      readonly msg: string
      readonly traceback: string
    }
  | {
      readonly kind: 'hello'
      readonly pid: number
      /** Why this Python cannot run plans. */
      readonly problem: { readonly msg: string; readonly traceback: string } | null
    }
  | { readonly kind: 'console'; readonly msg: string }
  | { readonly kind: 'state'; readonly reState: string | null; readonly deferred: boolean }
  | { readonly kind: 'paused' }
  | {
      readonly kind: 'ended'
      readonly state: 'completed' | 'failed' | 'stopped' | 'aborted' | 'halted'
      readonly error: string
      readonly traceback: string
      readonly returnValue?: unknown
    }
  | { readonly kind: 'lists'; readonly lists: BridgeLists }
  | { readonly kind: 'devices'; readonly devices: readonly DeviceProgress[] }
  | { readonly kind: 'publishing'; readonly byStartup: boolean }
  | { readonly kind: 'admit'; readonly number: number }
  | { readonly kind: 'input'; readonly number: number; readonly prompt: string }

const endStates = ['completed', 'failed', 'stopped', 'aborted', 'halted'] as const

/** Throws WORKER_FAILED on anything that the bridge does not send. */
export function decodeBridgeMessage(value: unknown): BridgeMessage {
  if (!isTable(value)) throw malformed('a line is not an object')
  if (value['event'] === undefined) return decodeAnswer(value)
  const event = textOf(value, 'event')
  switch (event) {
    case 'hello':
      return { kind: 'hello', pid: numberOf(value, 'pid'), problem: problemOf(value['problem']) }
    case 'console':
      return { kind: 'console', msg: textOf(value, 'msg') }
    case 'state':
      return { kind: 'state', reState: optionalText(value, 're_state'), deferred: value['deferred'] === true }
    case 'paused':
      return { kind: 'paused' }
    case 'ended':
      return decodeEnd(value)
    case 'lists':
      return { kind: 'lists', lists: listsOf(value) }
    case 'devices':
      return { kind: 'devices', devices: devicesOf(value) }
    case 'publishing':
      return { kind: 'publishing', byStartup: value['by_startup'] === true }
    case 'admit':
      return { kind: 'admit', number: numberOf(value, 'number') }
    case 'input':
      return { kind: 'input', number: numberOf(value, 'number'), prompt: textOf(value, 'prompt') }
    default:
      throw malformed(`an unknown event: ${event.slice(0, 80)}`)
  }
}

/** Throws WORKER_FAILED. */
export function listsOf(value: unknown): BridgeLists {
  if (!isTable(value)) throw malformed('lists are not an object')
  const { existing_plans: plans, existing_devices: devices } = value
  if (!isTable(plans) || !isTable(devices)) throw malformed('lists without plans or devices')
  // What bluesky_queueserver made; the manager checks what it uses.
  return {
    existing_plans: plans as BridgeLists['existing_plans'],
    existing_devices: devices as BridgeLists['existing_devices'],
  }
}

function decodeAnswer(value: Table): BridgeMessage {
  const id = numberOf(value, 'id')
  if (value['ok'] === true) return { kind: 'result', id, result: value['result'] ?? null }
  return {
    kind: 'failure',
    id,
    rejected: value['rejected'] === true,
    msg: textOf(value, 'msg'),
    traceback: optionalText(value, 'traceback') ?? '',
  }
}

function decodeEnd(value: Table): BridgeMessage {
  const state = endStates.find((candidate) => candidate === value['state'])
  if (state === undefined) throw malformed('an unknown end of a plan')
  return {
    kind: 'ended',
    state,
    error: textOf(value, 'error'),
    traceback: textOf(value, 'traceback'),
    ...('return_value' in value ? { returnValue: value['return_value'] } : {}),
  }
}

function problemOf(value: unknown): Extract<BridgeMessage, { kind: 'hello' }>['problem'] {
  if (value === null || value === undefined) return null
  if (!isTable(value)) throw malformed('a problem is not an object')
  return { msg: textOf(value, 'msg'), traceback: textOf(value, 'traceback') }
}

function devicesOf(value: Table): readonly DeviceProgress[] {
  const { devices } = value
  if (!Array.isArray(devices)) throw malformed('devices are not a list')
  return devices.map((device: unknown) => {
    if (!isTable(device)) throw malformed('a device is not an object')
    const name = textOf(device, 'name')
    const { fraction: remaining, ...rest } = device
    const done = doneFraction(device, remaining)
    // Numbers or absent: the bridge made them so.
    return { ...rest, name, done: device['done'] === true, ...(done === null ? {} : { fraction: done }) }
  })
}

// Devices tell the part that remains; people want the part that is done.
function doneFraction(device: Table, remaining: unknown): number | null {
  const { current, initial, target } = device
  if (typeof current === 'number' && typeof initial === 'number' && typeof target === 'number') {
    if (target !== initial) return Math.min(1, Math.max(0, (current - initial) / (target - initial)))
  }
  return typeof remaining === 'number' ? 1 - remaining : null
}

type Table = Readonly<Record<string, unknown>>

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(value: Table, key: string): string {
  const text = value[key]
  if (typeof text !== 'string') throw malformed(`'${key}' is not a string`)
  return text
}

function optionalText(value: Table, key: string): string | null {
  const text = value[key]
  return typeof text === 'string' ? text : null
}

function numberOf(value: Table, key: string): number {
  const number = value[key]
  if (typeof number !== 'number') throw malformed(`'${key}' is not a number`)
  return number
}

function malformed(reason: string): WorkerHostError {
  return new WorkerHostError({
    code: 'WORKER_FAILED',
    message: `the Python bridge sent ${reason}`,
    fault: 'peer',
    remedy: 'Startup code must not use the sockets of the bridge; otherwise report this as a defect.',
  })
}
