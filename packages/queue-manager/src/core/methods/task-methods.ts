import { pyTypeName } from '@beamtime/python-notation'
import type { Manager } from '../manager.ts'
import type { MethodCall, MethodTable } from '../method.ts'
import type { PlainObject } from '../plain-object.ts'
import { asText } from '../positions.ts'
import { Refusal } from '../refusal.ts'
import { validateFunction } from '../validate-item.ts'
import { sendingBack } from './item-methods.ts'
import { requestedItem, requestOwner, submittedAsIs } from './item-request.ts'

/** Scripts, functions and updates of the environment. */
export const taskMethods: MethodTable = {
  environment_update: {
    params: ['run_in_background'],
    lock: 'environment',
    prefix: 'Error: ',
    bareStateTexts: true,
    onFailure: () => ({ task_uid: null }),
    handle: (call) => loadScript(call, { script: '', update_lists: true, update_re: true }),
  },
  script_upload: {
    params: ['script', 'update_lists', 'update_re', 'run_in_background'],
    lock: 'environment',
    prefix: 'Error: ',
    bareStateTexts: true,
    onFailure: () => ({ task_uid: null }),
    handle: (call) => {
      const { script } = call.params
      // Sic: clients compare with this text.
      if (script === undefined) throw new Refusal("Required 'script' parameter is is missing in API call.")
      if (typeof script !== 'string') {
        throw new Refusal("Type of the 'script' parameter in API call is incorrect.")
      }
      const { update_lists, update_re } = call.params
      return loadScript(call, { script, update_lists: update_lists !== false, update_re: update_re === true })
    },
  },
  function_execute: {
    params: ['item', 'user', 'user_group', 'run_in_background'],
    lock: 'environment',
    prefix: 'Error: ',
    onFailure: (_m, params) => ({ item: submittedAsIs(params), task_uid: null }),
    handle: (call) => {
      const { m, params } = call
      const item = requestedItem(params, ['function'])
      const owner = requestOwner(m, params)
      const problem = validateFunction(m, item, owner.userGroup)
      if (problem !== null) throw new Refusal(problem)
      const { name, args = [], kwargs = {} } = item
      const uid = m.ports.newUid()
      const info = {
        name: asText(name),
        args: Array.isArray(args) ? args : [],
        kwargs: kwargs as PlainObject,
        user: typeof owner.user === 'string' ? owner.user : asText(owner.user),
        user_group: owner.userGroup,
        item_uid: uid,
      }
      const background = params['run_in_background'] === true
      const sent = { ...item, user: info.user, user_group: info.user_group, item_uid: uid }
      sendingBack(sent, () =>
        startTask(call, { uid, background, fields: { item: info } }, (start) =>
          m.ask({
            op: 'command_execute_function',
            params: { func_info: info, run_in_background: background, task_uid: uid },
            ...start,
          }),
        ),
      )
      return null
    },
  },
  task_status: {
    params: ['task_uid'],
    prefix: 'Error: ',
    onFailure: (_m, params) => ({ task_uid: params['task_uid'] ?? null, status: null }),
    handle: ({ m, params }) => {
      const uid = requiredTaskUid(params)
      if (typeof uid === 'string') return { task_uid: uid, status: m.tasks.lookUp(uid).status }
      if (!Array.isArray(uid) || !uid.every((one) => typeof one === 'string')) {
        throw new Refusal(
          `'task_uid' must be a string or a list of strings: type(task_uid)=${pyTypeName(uid)}`,
        )
      }
      const status = Object.fromEntries(uid.map((one: string) => [one, m.tasks.lookUp(one).status]))
      return { task_uid: uid, status }
    },
  },
  task_result: {
    params: ['task_uid'],
    prefix: 'Error: ',
    onFailure: (_m, params) => ({ task_uid: params['task_uid'] ?? null, status: null, result: null }),
    handle: ({ m, params }) => {
      const uid = requiredTaskUid(params)
      if (typeof uid !== 'string') {
        throw new Refusal(`'task_uid' must be a string: type(task_uid)=${pyTypeName(uid)}`)
      }
      return { task_uid: uid, ...m.tasks.lookUp(uid) }
    },
  },
}

function requiredTaskUid(params: PlainObject): unknown {
  if (!Object.hasOwn(params, 'task_uid')) {
    throw new Refusal("Required 'task_uid' parameter is missing in the API call.")
  }
  return params['task_uid']
}

function loadScript(
  call: MethodCall,
  script: { readonly script: string; readonly update_lists: boolean; readonly update_re: boolean },
): null {
  const { m, params } = call
  const uid = m.ports.newUid()
  const background = params['run_in_background'] === true
  startTask(call, { uid, background, fields: {} }, (start) =>
    m.ask({
      op: 'command_load_script',
      params: { ...script, run_in_background: background, task_uid: uid },
      ...start,
    }),
  )
  return null
}

interface TaskStart {
  readonly timeoutMs: number
  readonly onAnswer: (result: { readonly task_uid: string; readonly time_start: number }) => void
  readonly onRefusal: (reason: string) => void
}

/** Hands a task to the worker; a foreground task takes the manager's state with it. */
function startTask(
  { m, succeed, refuse }: MethodCall,
  task: { readonly uid: string; readonly background: boolean; readonly fields: PlainObject },
  send: (start: TaskStart) => void,
): void {
  requireEnvironment(m)
  const { uid, background } = task
  if (!background) {
    if (m.state !== 'idle') {
      const text = `Failed to start the task: RE Manager must be in idle state. Current state: '${m.state}'`
      throw new Refusal(text, 'state')
    }
    m.transition('start-task')
  }
  m.tasks.begin({ task_uid: uid, time_start: m.ports.nowS(), run_in_background: background })
  send({
    timeoutMs: 60_000,
    onAnswer: ({ time_start }) => {
      // A short task may be over before its start is confirmed.
      if (m.tasks.lookUp(uid).status === 'running') {
        m.tasks.begin({ task_uid: uid, time_start, run_in_background: background })
      }
      succeed({ ...task.fields, task_uid: uid })
    },
    onRefusal: (reason) => {
      m.tasks.forget(uid)
      if (!background && m.state === 'executing_task') m.transition('task-finished')
      refuse(new Refusal(reason, 'state'))
    },
  })
}

function requireEnvironment(m: Manager): void {
  if (!m.worker.exists) throw new Refusal('RE Worker environment is not open', 'state')
}
