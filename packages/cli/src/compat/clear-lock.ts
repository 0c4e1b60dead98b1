import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pyPrettyRepr } from '@beamtime/python-notation'
import { openRedisStore, openSqliteStore, QueueManagerError, type QueueStore } from '@beamtime/queue-manager'
import { expandHome } from './home-path.ts'
import { parseArguments, type ArgumentTable, type ArgumentValues } from './python-arguments.ts'
import { managerFolder } from './manager-folder.ts'

type OptionName = 'redis_addr' | 'redis_name_prefix' | 'data' | 'queue'

const table: ArgumentTable<OptionName> = {
  program: 'qserver-clear-lock',
  description:
    'Removes the lock of a manager whose key is lost. Restart the manager afterwards.\n' +
    'The store is Redis with a --redis option, else the file in the data folder of the manager, where one is found.',
  positional: null,
  options: {
    redis_addr: {
      flags: ['--redis-addr'],
      takes: 'value',
      help: 'Redis of the manager (default localhost).',
    },
    redis_name_prefix: {
      flags: ['--redis-name-prefix'],
      takes: 'value',
      help: 'Prefix of its keys (default qs_default).',
    },
    data: {
      flags: ['--data'],
      takes: 'value',
      help: 'Ours: data folder of a manager that keeps its queue in a file.',
    },
    queue: {
      flags: ['--queue'],
      takes: 'value',
      help: 'Ours: name of the queue in that folder (default main).',
    },
  },
}

/** `qserver-clear-lock`: resolves with the exit code, 1 when the store cannot be reached. */
export async function clearLock(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const parsed = parseArguments(table, args)
  if (parsed.kind !== 'parsed') {
    const stream = parsed.kind === 'help' ? process.stdout : process.stderr
    stream.write(parsed.text)
    return parsed.kind === 'help' ? 0 : 2
  }
  try {
    const store = await openStore(parsed.options, environment)
    try {
      await clear(store)
    } finally {
      await store.close()
    }
    return 0
  } catch (error) {
    if (!(error instanceof QueueManagerError)) throw error
    process.stderr.write(`Failed to clear RE Manager lock: ${error.reason}\n`)
    return 1
  }
}

async function openStore(
  options: ArgumentValues<OptionName>,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<QueueStore> {
  const text = (name: OptionName): string | null => {
    const value = options[name]
    return typeof value === 'string' ? value : null
  }
  const address = text('redis_addr')
  const prefix = text('redis_name_prefix')
  const folder = text('data') ?? environment['BEAMTIME_DATA'] ?? managerFolder('tcp://*:60615', environment)
  const file = join(expandHome(folder), 'state', `queue-${text('queue') ?? 'main'}.sqlite`)
  if (address === null && prefix === null && (text('data') !== null || existsSync(file)))
    return openSqliteStore(file)
  return await openRedisStore({
    address: address ?? 'localhost',
    prefix: prefix ?? 'qs_default',
    hash: (key) => key,
  })
}

async function clear(store: QueueStore): Promise<void> {
  const lock = (await store.load()).values.lock_info
  if (lock === undefined || lock === null) {
    process.stdout.write('No lock was detected.\n')
    return
  }
  const { key_hash: _hash, ...shown } = lock as Record<string, unknown>
  process.stdout.write(`Detected lock info:\n${pyPrettyRepr(shown)}\nClearing the lock ...\n`)
  await store.apply([{ kind: 'set-value', name: 'lock_info', value: null }])
  process.stdout.write('RE Manager lock was cleared. Restart RE Manager service to unlock the manager!\n')
}
