import { join, resolve } from 'node:path'
import type { WorkerStartup } from '@beamtime/worker-host/client'
import { QueueManagerError } from './error.ts'

export interface StartupKeys {
  readonly startup_dir: string
  readonly startup_module: string
  readonly startup_script: string
  readonly startup_profile: string
  readonly ipython_dir: string
}

export interface StartupSource {
  readonly startup: WorkerStartup
  /** Folder in which the lists and permissions of the beamline lie; null for demo, script and module. */
  readonly folder: string | null
}

/** Which startup code the worker loads. Throws QUEUE_STARTUP_AMBIGUOUS when more than one is named. */
export function startupSource(keys: StartupKeys, queue: string): StartupSource {
  const named = (['startup_dir', 'startup_module', 'startup_script', 'startup_profile'] as const).filter(
    (key) => keys[key] !== '',
  )
  const [key] = named
  if (named.length > 1) {
    throw new QueueManagerError({
      code: 'QUEUE_STARTUP_AMBIGUOUS',
      message: `[queue.${queue}] names more than one startup source: ${named.join(', ')}`,
      fault: 'caller',
      remedy: 'Keep one of them.',
    })
  }
  if (key === undefined) return { startup: { kind: 'demo' }, folder: null }
  switch (key) {
    case 'startup_dir':
      return directory(resolve(keys.startup_dir))
    case 'startup_profile':
      return directory(resolve(keys.ipython_dir, `profile_${keys.startup_profile}`, 'startup'))
    case 'startup_script':
      return { startup: { kind: 'script', path: resolve(keys.startup_script) }, folder: null }
    case 'startup_module':
      return { startup: { kind: 'module', path: keys.startup_module }, folder: null }
  }
}

function directory(path: string): StartupSource {
  return { startup: { kind: 'dir', path }, folder: join(path) }
}
