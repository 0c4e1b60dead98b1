import { pyRepr, pyTypeName } from '@beamtime/python-notation'
import type { MethodCall, Method, MethodTable } from '../method.ts'
import { isPlainObject, type PlainObject } from '../plain-object.ts'
import { asText } from '../positions.ts'
import { Refusal } from '../refusal.ts'
import { runListOptions, selectRuns } from '../run-list.ts'

type Continuation = 'resume' | 'stop' | 'abort' | 'halt'

/** Methods that act on the run engine in the worker. */
export const engineMethods: MethodTable = {
  re_pause: {
    params: ['option'],
    lock: 'environment',
    prefix: 'Error: ',
    bareStateTexts: true,
    handle: (call) => pause(call, call.params['option'] ?? 'deferred'),
  },
  re_resume: continuation('resume'),
  re_stop: continuation('stop'),
  re_abort: continuation('abort'),
  re_halt: continuation('halt'),
  re_runs: {
    params: ['option'],
    prefix: 'Error: ',
    onFailure: () => ({ run_list: [], run_list_uid: '' }),
    handle: ({ m, params }) => {
      const { option = 'active' } = params
      if (typeof option !== 'string' || !runListOptions.some((known) => known === option)) {
        throw new Refusal(
          `Option '${asText(option)}' is not supported. Available options: ('active', 'open', 'closed')`,
        )
      }
      return { run_list: selectRuns(m.runList, option), run_list_uid: m.uids.run_list_uid }
    },
  },
  answer_input: {
    params: ['text'],
    lock: 'environment',
    prefix: 'Error: ',
    bareStateTexts: true,
    handle: ({ m, params, succeed, refuse }) => {
      const { text } = params
      if (typeof text !== 'string')
        throw new Refusal(`'text' must be a string: type(text)=${pyTypeName(text)}`)
      if (!m.worker.exists) throw new Refusal('RE Worker environment does not exist.', 'state')
      m.ask({
        op: 'answer_input',
        params: { text },
        onAnswer: () => succeed(),
        onRefusal: (reason) => refuse(new Refusal(reason, 'state')),
      })
      return null
    },
  },
  re_metadata: {
    params: [],
    prefix: 'Error: ',
    bareStateTexts: true,
    onFailure: () => ({ re_metadata: {} }),
    handle: ({ m, succeed, refuse }) => {
      if (!m.worker.exists) {
        throw new Refusal('Environment does not exist. Cannot retrieve RE metadata.', 'state')
      }
      m.ask({
        op: 'request_runengine_metadata',
        params: {},
        onAnswer: ({ re_metadata }) => {
          succeed({ re_metadata: permittedMetadata(re_metadata, m.settings.permittedMetadataKeys) })
        },
        onRefusal: (reason) => refuse(new Refusal(reason, 'state')),
      })
      return null
    },
  },
}

function pause({ m, succeed, refuse }: MethodCall, option: unknown): null {
  if (option !== 'deferred' && option !== 'immediate') {
    throw new Refusal(
      `Option '${asText(option)}' is not supported. Available options: ('deferred', 'immediate')`,
      'state',
    )
  }
  if (!m.worker.exists) throw new Refusal('Environment does not exist. Can not pause Run Engine.', 'state')
  const engine = m.worker.state?.re_state ?? null
  if (engine === null) throw new Refusal('Run Engine is not found in the RE Worker environment.', 'state')
  if (engine !== 'running') {
    const text = `Run engine can be paused only in 'running' state. Current state: ${pyRepr(engine)}`
    throw new Refusal(text, 'state')
  }
  m.log(`Pausing the plan (${option}) ...`)
  m.ask({
    op: 'command_pause_plan',
    params: { option },
    onAnswer: () => {
      // The pause may already have happened; its report clears the flag and must not be overtaken.
      const waits = m.state === 'executing_queue' && m.worker.state?.re_state !== 'paused'
      if (waits) m.pausePending = true
      m.snapshot()
      succeed()
    },
    onRefusal: (reason) => refuse(new Refusal(reason, 'state')),
  })
  return null
}

function continuation(option: Continuation): Method {
  return {
    params: [],
    lock: 'environment',
    prefix: 'Error: ',
    bareStateTexts: true,
    handle: ({ m, succeed, refuse }) => {
      if (m.state !== 'paused') {
        throw new Refusal(`RE Manager is not paused: current state is '${m.state}'`, 'state')
      }
      const uid = m.queue.running?.item_uid
      m.log(`Continuing the paused plan: ${option}`)
      m.transition('plan-continued')
      m.ask({
        op: 'command_continue_plan',
        params: { option },
        onAnswer: () => succeed(),
        onRefusal: (reason) => {
          const unchanged = m.state === 'executing_queue' && m.queue.running?.item_uid === uid
          if (unchanged) m.transition('plan-still-paused')
          refuse(new Refusal(reason, 'state'))
        },
      })
      return null
    },
  }
}

/** The parts of the metadata that the key paths permit: `/` = all, `/a/b` = that key with its subtree. */
export function permittedMetadata(metadata: PlainObject, paths: readonly string[]): PlainObject {
  const keys = paths.map((path) => path.split('/').filter((part) => part !== ''))
  if (keys.some((parts) => parts.length === 0)) return metadata
  return keys.reduce<PlainObject>((kept, parts) => merged(kept, pick(metadata, parts)), {})
}

function pick(value: PlainObject, [key, ...rest]: readonly string[]): PlainObject {
  if (key === undefined || !Object.hasOwn(value, key)) return {}
  const item = value[key]
  if (rest.length === 0) return { [key]: item }
  if (!isPlainObject(item)) return {}
  const below = pick(item, rest)
  return Object.keys(below).length === 0 ? {} : { [key]: below }
}

function merged(a: PlainObject, b: PlainObject): PlainObject {
  const result: Record<string, unknown> = { ...a }
  for (const [key, item] of Object.entries(b)) {
    const before = result[key]
    result[key] = isPlainObject(before) && isPlainObject(item) ? merged(before, item) : item
  }
  return result
}
