import { CompatError } from './compat-error.ts'
import { qserverGroup, qserverUser, unsupported, type QserverCall } from './qserver-call.ts'
import { readScriptFile, readYamlFile } from './qserver-files.ts'
import { itemRequest, functionRequest, queueItemRequest } from './qserver-items.ts'

export interface QserverRequest extends QserverCall {
  /** The call is repeated each second. */
  readonly monitor: boolean
}

type CommandReader = (words: readonly string[]) => QserverCall

/** Throws CompatError for words that are no command. */
export function qserverRequest(words: readonly string[], lockKey: string | null): QserverRequest {
  const [command = '', ...rest] = words
  const reader = Object.hasOwn(commands, command) ? commands[command as keyof typeof commands] : undefined
  if (reader === undefined) throw new CompatError(`Unrecognized command '${command}'`)
  const call = reader(rest)
  const takesKey = lockKey !== null && lockable.has(call.method)
  return {
    method: call.method,
    params: takesKey ? { ...call.params, lock_key: lockKey } : call.params,
    monitor: command === 'monitor',
  }
}

/** Methods that accept `lock_key`. The Python tool forgets some of them and sends it where it is refused. */
const lockable: ReadonlySet<string> = new Set([
  'permissions_reload',
  'permissions_set',
  'queue_mode_set',
  'queue_item_add',
  'queue_item_update',
  'queue_item_remove',
  'queue_item_move',
  'queue_item_execute',
  'queue_clear',
  'queue_start',
  'queue_stop',
  'queue_stop_cancel',
  'queue_autostart',
  'history_clear',
  'environment_open',
  'environment_close',
  'environment_destroy',
  'environment_update',
  'script_upload',
  'function_execute',
  'kernel_interrupt',
  're_pause',
  're_resume',
  're_stop',
  're_abort',
  're_halt',
  'lock',
  'lock_info',
  'unlock',
])

function call(method: string, params: Readonly<Record<string, unknown>> = {}): QserverCall {
  return { method, params }
}

function bare(method: string): CommandReader {
  return (words) => {
    if (words.length > 0) throw new CompatError(`Parameters are not allowed for '${method}' request`)
    return call(method)
  }
}

const commands = {
  monitor: bare('ping'),
  ping: bare('ping'),
  status: bare('status'),
  config: bare('config_get'),
  environment: readEnvironment,
  existing: readLists('existing'),
  allowed: readLists('allowed'),
  permissions: readPermissions,
  script: readScript,
  task: readTask,
  function: functionRequest,
  queue: readQueue,
  re: readEngine,
  history: readHistory,
  manager: readManager,
  kernel: readKernel,
  lock: readLock,
  unlock: bare('unlock'),
} as const satisfies Record<string, CommandReader>

function readEnvironment(words: readonly string[]): QserverCall {
  const [action = '', option, ...more] = words
  if (!['open', 'close', 'destroy', 'update'].includes(action) || more.length > 0) {
    throw unsupported('environment', ...words)
  }
  if (option === undefined) return call(`environment_${action}`)
  if (action === 'update' && option === 'background')
    return call('environment_update', { run_in_background: true })
  throw unsupported('environment', ...words)
}

function readLists(which: 'existing' | 'allowed'): CommandReader {
  return (words) => {
    const [what = ''] = words
    if (words.length !== 1 || (what !== 'plans' && what !== 'devices')) throw unsupported(which, ...words)
    return call(`${what}_${which}`, which === 'allowed' ? { user_group: qserverGroup } : {})
  }
}

function readPermissions(words: readonly string[]): QserverCall {
  const [action = '', option, ...more] = words
  if (more.length > 0) throw unsupported('permissions', ...words)
  if (action === 'get' && option === undefined) return call('permissions_get')
  if (action === 'reload' && option === undefined) return call('permissions_reload')
  if (action === 'reload' && option === 'lists')
    return call('permissions_reload', { restore_plans_devices: true })
  if (action === 'set' && option !== undefined) {
    return call('permissions_set', { user_group_permissions: readYamlFile(option) })
  }
  throw unsupported('permissions', ...words)
}

function readScript(words: readonly string[]): QserverCall {
  const [action = '', file, ...options] = words
  if (action !== 'upload' || file === undefined) throw unsupported('script', ...words)
  const unknown = options.find((option) => !['background', 'update-re', 'keep-lists'].includes(option))
  if (unknown !== undefined) {
    throw new CompatError(`Request 'script': parameter combination '${words.join(' ')}' is not supported`)
  }
  return call('script_upload', {
    script: readScriptFile(file),
    run_in_background: options.includes('background'),
    update_re: options.includes('update-re'),
    update_lists: !options.includes('keep-lists'),
  })
}

function readTask(words: readonly string[]): QserverCall {
  const [action = '', uid] = words
  if (words.length !== 2 || (action !== 'result' && action !== 'status')) throw unsupported('task', ...words)
  return call(`task_${action}`, { task_uid: uid })
}

function readQueue(words: readonly string[]): QserverCall {
  const [action = '', option] = words
  const text = words.join(' ')
  if (['get', 'clear', 'start', 'stop'].includes(text)) return call(`queue_${text}`)
  if (text === 'stop cancel') return call('queue_stop_cancel')
  if (['add', 'update', 'replace', 'execute'].includes(action)) return itemRequest(words)
  if (action === 'item') return queueItemRequest(words.slice(1))
  if (action === 'mode') return readMode(words)
  if (text === 'autostart enable' || text === 'autostart disable') {
    return call('queue_autostart', { enable: option === 'enable' })
  }
  throw unsupported('queue', ...words)
}

function readMode([, action, ...pairs]: readonly string[]): QserverCall {
  if (action !== 'set') throw unsupported('queue', 'mode', action ?? '')
  if (pairs.length % 2 !== 0) {
    throw new CompatError(
      `The list of queue mode parameters must have even number of elements: ${pairs.join(' ')}`,
    )
  }
  const values: Readonly<Record<string, unknown>> = { True: true, False: false, None: null }
  const mode: Record<string, unknown> = {}
  for (let index = 0; index < pairs.length; index += 2) {
    const text = pairs[index + 1] ?? ''
    mode[pairs[index] ?? ''] = Object.hasOwn(values, text)
      ? values[text]
      : /^-?\d+$/.test(text)
        ? Number(text)
        : text
  }
  return call('queue_mode_set', { mode })
}

function readEngine(words: readonly string[]): QserverCall {
  const [action = '', option, ...more] = words
  const isOption = (...known: readonly string[]): boolean =>
    more.length === 0 && (option === undefined || known.includes(option))
  if (action === 'pause' && isOption('deferred', 'immediate')) {
    return call('re_pause', { option: option ?? 'deferred' })
  }
  if (action === 'runs' && isOption('active', 'open', 'closed')) {
    return call('re_runs', option === undefined ? {} : { option })
  }
  if (['resume', 'stop', 'abort', 'halt', 'metadata'].includes(action) && isOption())
    return call(`re_${action}`)
  throw unsupported('re', ...words)
}

function readHistory(words: readonly string[]): QserverCall {
  const [action = '', option, ...more] = words
  if (more.length > 0) throw unsupported('history', ...words)
  if (action === 'get' && option === undefined) return call('history_get')
  if (action !== 'clear') throw unsupported('history', ...words)
  if (option === undefined) return call('history_clear')
  return call('history_clear', /^[+-]?\d+$/.test(option) ? { size: Number(option) } : { item_uid: option })
}

function readManager(words: readonly string[]): QserverCall {
  const text = words.join(' ')
  if (text === 'stop') return call('manager_stop')
  if (text === 'stop safe on' || text === 'stop safe off') {
    return call('manager_stop', { option: text === 'stop safe on' ? 'safe_on' : 'safe_off' })
  }
  if (text === 'kill test') return call('manager_kill')
  throw unsupported('manager', ...words)
}

function readKernel([action = '', ...options]: readonly string[]): QserverCall {
  const unknown = options.find((option) => option !== 'task' && option !== 'plan')
  if (action !== 'interrupt' || unknown !== undefined) throw unsupported('kernel', action, ...options)
  return call('kernel_interrupt', {
    ...(options.includes('task') ? { interrupt_task: true } : {}),
    ...(options.includes('plan') ? { interrupt_plan: true } : {}),
  })
}

function readLock(words: readonly string[]): QserverCall {
  const [what = '', note, ...more] = words
  if (what === 'info' && note === undefined) return call('lock_info')
  const parts = ['environment', 'queue', 'all']
  if (!parts.includes(what) || more.length > 0 || (note !== undefined && parts.includes(note))) {
    throw unsupported('lock', ...words)
  }
  return call('lock', {
    ...(what === 'queue' ? {} : { environment: true }),
    ...(what === 'environment' ? {} : { queue: true }),
    ...(note === undefined ? {} : { note }),
    user: qserverUser,
  })
}
