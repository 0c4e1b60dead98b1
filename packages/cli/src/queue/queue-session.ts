import { openQueueClient, type ManagerReply, type QueueClient } from '@beamtime/queue-client'
import { nearestName } from '@beamtime/service-kit'
import { userInfo } from 'node:os'
import { queueAccess, queueKeys, type QueueAccess, type QueueKeys } from '../config/queue-access.ts'
import { queueNames } from '../config/queue-names.ts'
import { CliError } from '../error.ts'
import { findPlatform } from '../platform-access.ts'
import type { PlaceOptions } from '../commands/run-action.ts'

/** Options of every command that talks to a queue. */
export interface QueueOptions extends PlaceOptions {
  readonly queue?: string
  readonly address?: string
  readonly userGroup?: string
  readonly timeout?: string
  readonly json?: boolean
}

/** A client of one queue with what every request of a person carries. */
export interface QueueSession {
  readonly client: QueueClient
  readonly user: { readonly user: string; readonly user_group: string }
  /** The answer; throws CLI_REJECTED when the manager says no. */
  ask(method: string, params?: Readonly<Record<string, unknown>>): Promise<ManagerReply>
  close(): Promise<void>
}

export async function openSession(options: QueueOptions): Promise<QueueSession> {
  const access = await accessOf(options)
  const timeoutMs = timeoutOf(options.timeout)
  const client = openQueueClient({ ...access, timeoutMs })
  const user = { user: userInfo().username, user_group: options.userGroup ?? 'primary' }
  return {
    client,
    user,
    async ask(method, params = {}) {
      const reply = await client.call(method, params)
      if (reply.success === false)
        throw new CliError({
          code: 'CLI_REJECTED',
          message: `${method}: ${reply.msg ?? 'refused'}`,
          remedy: remedyOf(reply.msg ?? ''),
        })
      return reply
    },
    close: () => client.close(),
  }
}

async function accessOf(options: QueueOptions): Promise<QueueAccess & QueueKeys> {
  if (options.address !== undefined)
    return { control: options.address, info: infoBeside(options.address), encoding: 'json' }
  const { config, record } = await findPlatform(options)
  const running = record?.queues ?? {}
  const names = record === null ? queueNames(config) : Object.keys(running)
  const name = options.queue ?? (names.includes('main') ? 'main' : (names[0] ?? 'main'))
  const known = running[name]
  if (known !== undefined) return { ...known, ...queueKeys(config, name) }
  if (options.queue !== undefined && !queueNames(config).includes(options.queue))
    throw unknownQueue(options.queue, queueNames(config))
  return { ...queueAccess(config, name), ...queueKeys(config, name) }
}

function unknownQueue(name: string, known: readonly string[]): CliError {
  const near = nearestName(name, known)
  return new CliError({
    code: 'CLI_NOT_FOUND',
    message: `no queue ${name}`,
    remedy: near === null ? `choose one of ${known.join(', ')}` : `did you mean ${near}?`,
  })
}

/** The usual pair of ports: info is control + 10. */
function infoBeside(control: string): string {
  return control.replace(/:(\d+)$/, (_, port: string) => `:${Number(port) + 10}`)
}

function timeoutOf(given: string | undefined): number {
  if (given === undefined) return 5_000
  const seconds = Number(given)
  if (seconds > 0) return seconds * 1_000
  throw new CliError({
    code: 'CLI_USAGE',
    message: `--timeout ${given} is not a time in seconds`,
    remedy: 'give e.g. --timeout 10',
  })
}

/** What to do about the refusals that people meet most. */
function remedyOf(text: string): string {
  if (/environment (is not|does not|isn't)|environment.*not (open|exist|created)/i.test(text))
    return 'open the environment first: beamtime queue env open'
  if (/queue is empty/i.test(text)) return 'add a plan first: beamtime queue add count det'
  if (/locked/i.test(text)) return 'wait until the lock is released'
  return 'see the state with `beamtime queue status`'
}
