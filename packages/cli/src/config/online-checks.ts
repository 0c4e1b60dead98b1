import { accessSync, constants, existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { connect, createServer } from 'node:net'
import type { ConfigProblem, Section } from '@beamtime/service-kit'
import { listenAddresses } from './cross-checks.ts'
import type { Config } from './load-config.ts'
import { sectionTables } from './section-tables.ts'

/** What only trying shows: addresses that cannot be listened on, brokers that do not answer, folders that cannot be written. */
export async function onlineChecks(
  config: Config,
  sections: readonly Section[],
): Promise<readonly ConfigProblem[]> {
  const values = new Map(
    sectionTables(config, sections).map((table) => [
      table.name,
      config.examine(table.section, table.name).values,
    ]),
  )
  const ports = await Promise.all(
    listenAddresses(config, values).map(async ([key, address]) => {
      const why = await listenProblem(address)
      return why === null
        ? null
        : { key, what: `${address} ${why}`, remedy: `change ${key}, or stop what holds it` }
    }),
  )
  const servers = (values.get('bus')?.['bootstrap_servers'] as readonly string[] | undefined) ?? []
  const brokers = await Promise.all(
    servers.map(async (address) =>
      (await isReachable(address))
        ? null
        : {
            key: 'bus.bootstrap_servers',
            what: `${address} does not answer`,
            remedy: 'start it or correct the address',
          },
    ),
  )
  const writable = isWritable(config.dataDir)
    ? null
    : {
        key: 'paths.data',
        what: `${config.dataDir} cannot be written`,
        remedy: 'name another folder or change its owner',
      }
  return [...ports, ...brokers, writable]
    .filter((found) => found !== null)
    .map((found) => ({ severity: 'error', position: config.locate(found.key.split('.')), ...found }))
}

/** Null when the address can be listened on now. */
export function listenProblem(address: string): Promise<string | null> {
  const { host, port } = splitAddress(address)
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'EADDRINUSE' ? 'is taken' : `cannot be listened on (${error.code})`),
    )
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)))
  })
}

/** True when something accepts a connection within a second. */
export function isReachable(address: string): Promise<boolean> {
  const { host, port } = splitAddress(address)
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const end = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(1_000, () => end(false))
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}

export function splitAddress(address: string): { readonly host: string; readonly port: number } {
  const bare = address.replace(/^\w+:\/\//, '').replace(/\/.*$/, '')
  const at = bare.lastIndexOf(':')
  const host = bare.slice(0, at).replaceAll(/[[\]]/g, '')
  return { host: host === '' || host === '*' ? '0.0.0.0' : host, port: Number(bare.slice(at + 1)) }
}

/** A folder that is not there yet counts as its nearest existing parent. */
export function isWritable(path: string): boolean {
  if (!existsSync(path)) return dirname(path) !== path && isWritable(dirname(path))
  try {
    accessSync(path, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}
