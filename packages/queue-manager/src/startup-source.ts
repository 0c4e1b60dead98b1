import { homedir } from 'node:os'
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

/**
 * Which startup code the worker loads. A profile beside a module or script is no source: it says where local imports of
 * uploaded scripts start. Throws QUEUE_STARTUP_AMBIGUOUS when more than one source is named.
 */
export function startupSource(keys: StartupKeys, queue: string): StartupSource {
  const profile = profileFolder(keys)
  const named = (['startup_dir', 'startup_module', 'startup_script'] as const).filter(
    (key) => keys[key] !== '',
  )
  const [key] = named
  const all = profile !== null && named.includes('startup_dir') ? [...named, 'startup_profile'] : named
  if (all.length > 1) {
    throw new QueueManagerError({
      code: 'QUEUE_STARTUP_AMBIGUOUS',
      message: `[queue.${queue}] names more than one startup source: ${all.join(', ')}`,
      fault: 'caller',
      remedy: 'Keep one of them.',
    })
  }
  if (key === undefined) {
    return profile === null ? { startup: { kind: 'demo' }, folder: null } : directory(profile)
  }
  const root = profile === null ? {} : { root: profile }
  switch (key) {
    case 'startup_dir':
      return directory(resolve(keys.startup_dir))
    case 'startup_script':
      return { startup: { kind: 'script', path: resolve(keys.startup_script), ...root }, folder: null }
    case 'startup_module':
      return { startup: { kind: 'module', path: keys.startup_module, ...root }, folder: null }
  }
}

/** null when neither the profile nor the folder of profiles is named. */
function profileFolder({ startup_profile: profile, ipython_dir: folder }: StartupKeys): string | null {
  if (profile === '' && folder === '') return null
  const root = folder || process.env['IPYTHONDIR'] || join(homedir(), '.ipython')
  return resolve(root, `profile_${profile || 'default'}`, 'startup')
}

function directory(path: string): StartupSource {
  return { startup: { kind: 'dir', path }, folder: path }
}
