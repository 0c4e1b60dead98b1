import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { atomicWriteFile } from '@beamtime/service-kit'
import type { WireDevice, WirePlan } from '@beamtime/worker-host/client'
import { parse } from 'yaml'
import type { ProfileFiles } from './core/manager-events.ts'
import { defaultPermissions } from './core/permissions/default-permissions.ts'
import { parsePermissions } from './core/permissions/permissions-schema.ts'
import { isPlainObject } from './core/plain-object.ts'
import { QueueManagerError } from './error.ts'
import type { StartupSource } from './startup-source.ts'

export interface ProfileFileOptions {
  readonly queue: string
  readonly dataDir: string
  readonly source: StartupSource
  /** Configured paths, '' = default. */
  readonly listsPath: string
  readonly permissionsPath: string
}

type Lists = {
  readonly plans: Readonly<Record<string, WirePlan>>
  readonly devices: Readonly<Record<string, WireDevice>>
}

/** The two YAML files of a profile: lists of existing plans and devices, and permissions of user groups. */
export interface ProfileFileAccess {
  readonly listsPath: string
  /** `lists` false: only the permissions are read. */
  read(what: { readonly lists: boolean }): Promise<ProfileFiles>
  /** Writes the lists if the file says something else. */
  writeLists(lists: Lists): Promise<void>
}

const listsName = 'existing_plans_and_devices'
const head = '# Generated from the startup code. It is overwritten when the environment is opened.\n'

export function profileFiles(options: ProfileFileOptions): ProfileFileAccess {
  const { source, dataDir, queue } = options
  const inFolder = source.folder === null ? null : join(source.folder, `${listsName}.yaml`)
  // The packaged demo and scripts have no folder of their own to write to.
  const listsPath = options.listsPath || (inFolder ?? join(dataDir, 'state', `${listsName}-${queue}.yaml`))
  const permissionsPath =
    options.permissionsPath ||
    (source.folder === null ? '' : join(source.folder, 'user_group_permissions.yaml'))
  return {
    listsPath,
    async read(what) {
      return {
        lists: what.lists ? await readLists(listsPath) : { problem: 'the file was not read' },
        permissions: await readPermissions(permissionsPath),
      }
    },
    async writeLists({ plans, devices }) {
      // JSON is YAML too, and written and read fifty times faster.
      const text = `${head}${JSON.stringify({ existing_plans: plans, existing_devices: devices }, null, 1)}\n`
      const before = await readFile(listsPath, 'utf8').catch(() => '')
      if (before !== text) await atomicWriteFile(listsPath, text)
    },
  }
}

async function readLists(path: string): Promise<ProfileFiles['lists']> {
  const text = await readText(path)
  if (typeof text !== 'string') return text
  const value = parseYaml(text)
  if (!isPlainObject(value)) return { problem: `${path} is not a YAML file with lists` }
  const { existing_plans: plans, existing_devices: devices } = value
  if (!isPlainObject(plans) || !isPlainObject(devices)) {
    return { problem: `${path} does not hold existing_plans and existing_devices` }
  }
  return {
    plans: Object.fromEntries(
      Object.entries(plans).filter((entry): entry is [string, WirePlan] => isPlan(entry[1])),
    ),
    devices: Object.fromEntries(
      Object.entries(devices).filter((entry): entry is [string, WireDevice] => isPlainObject(entry[1])),
    ),
  }
}

function isPlan(value: unknown): value is WirePlan {
  if (!isPlainObject(value)) return false
  const { name, parameters } = value
  if (typeof name !== 'string' || !Array.isArray(parameters)) return false
  return parameters.every((parameter: unknown) => {
    return (
      isPlainObject(parameter) && typeof parameter['name'] === 'string' && isPlainObject(parameter['kind'])
    )
  })
}

async function readPermissions(path: string): Promise<ProfileFiles['permissions']> {
  if (path === '') return { value: defaultPermissions }
  const text = await readText(path)
  if (typeof text !== 'string') return text
  try {
    return { value: parsePermissions(parseYaml(text)) }
  } catch (error) {
    if (error instanceof QueueManagerError) return { problem: `${path}: ${error.reason}` }
    throw error
  }
}

async function readText(path: string): Promise<string | { readonly problem: string }> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    return { problem: `${path} cannot be read (${reason})` }
  }
}

/** undefined when the text is no YAML. */
function parseYaml(text: string): unknown {
  const body = text.replace(/^(\s*#[^\n]*\n)*\s*/, '')
  try {
    return body.startsWith('{') ? JSON.parse(body) : parse(text)
  } catch {
    return undefined
  }
}
