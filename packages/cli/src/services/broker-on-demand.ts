import { spawn } from 'node:child_process'
import { mkdirSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  ConfigError,
  runtimeDirOf,
  supervisorLink,
  type Logger,
  type RunningService,
} from '@beamtime/service-kit'
import type { Config } from '../config/load-config.ts'
import { beamtimeCommand } from '../supervisor/platform-services.ts'

/** The embedded broker of a configuration, in use by this process. */
export interface BrokerUse {
  release(): void
}

const startMs = 15_000
const lookEveryMs = 1_000
const idleMs = 5_000

/**
 * Makes sure that the embedded broker answers: when none does and no supervisor looks after one, it is started beside
 * this process and ends by itself when nobody uses it any more.
 */
export async function useEmbeddedBroker(
  config: Config,
  options: { readonly address: string; readonly place: readonly string[]; readonly log: Logger },
): Promise<BrokerUse> {
  const folder = usersFolder(config)
  if (supervisorLink().isSupervised) return { release: () => undefined }
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const mark = join(folder, String(process.pid))
  writeFileSync(mark, '')
  const release = (): void => rmSync(mark, { force: true })
  process.once('exit', release)
  if (await answers(options.address)) return { release }
  options.log.info('broker.started-on-demand', { address: options.address, data: config.dataDir })
  mkdirSync(join(config.dataDir, 'logs'), { recursive: true })
  const output = openSync(join(config.dataDir, 'logs', 'bus.log'), 'a')
  const [program, ...args] = [...beamtimeCommand(), 'broker', '--while-used', ...options.place]
  // Events need no schemas; a registry of another platform may have the port.
  const environment = { BEAMTIME__REGISTRY__LISTEN: '', ...process.env }
  spawn(program ?? '', args, { detached: true, stdio: ['ignore', output, output], env: environment }).unref()
  const until = performance.now() + startMs
  while (!(await answers(options.address))) {
    if (performance.now() > until)
      throw new ConfigError({
        code: 'CONFIG_ADDRESS_UNUSABLE',
        message: `the embedded broker did not come up on ${options.address}`,
        remedy: `see ${join(config.dataDir, 'logs', 'bus.log')}`,
      })
    await delay(50)
  }
  return { release }
}

/** A broker that stops itself when no process has used it for a while. */
export function whileUsed(config: Config, broker: RunningService): RunningService {
  const folder = usersFolder(config)
  let usedMs = performance.now()
  const timer = setInterval(() => {
    if (hasUsers(folder)) usedMs = performance.now()
    else if (performance.now() - usedMs > idleMs) process.kill(process.pid, 'SIGTERM')
  }, lookEveryMs)
  return {
    ...broker,
    close: () => {
      clearInterval(timer)
      return broker.close()
    },
  }
}

function usersFolder(config: Config): string {
  return join(runtimeDirOf(config.dataDir), 'bus-users')
}

function hasUsers(folder: string): boolean {
  return listed(folder).some((name) => {
    const pid = Number(name)
    if (!Number.isInteger(pid) || pid <= 0) return false
    try {
      process.kill(pid, 0)
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EPERM') return true
      rmSync(join(folder, name), { force: true })
      return false
    }
  })
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function answers(address: string): Promise<boolean> {
  const at = address.lastIndexOf(':')
  return new Promise((resolve) => {
    const socket = connect({
      host: address.slice(0, at).replaceAll(/[[\]]/g, ''),
      port: Number(address.slice(at + 1)),
    })
    const finish = (isThere: boolean) => (): void => {
      socket.destroy()
      resolve(isThere)
    }
    socket.once('connect', finish(true))
    socket.once('error', finish(false))
    socket.setTimeout(2_000, finish(false))
  })
}
