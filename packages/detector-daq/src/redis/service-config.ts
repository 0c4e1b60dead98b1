import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Redis } from 'ioredis'
import { DaqError } from '../error.ts'

/* `config.<SERVICE_NAME>`: the JSON configuration of a service (daq contract 12, 13). */

export type ServiceConfig = Readonly<Record<string, unknown>>

function invalid(place: string, reason: string): DaqError {
  return new DaqError({
    code: 'DAQ_CONFIG_INVALID',
    message: `${place}: ${reason}`,
    fault: 'caller',
    remedy: `Write a JSON object into ${place}.`,
    key: place,
  })
}

/** A JSON object, or DAQ_CONFIG_INVALID that names the place. */
export function parseServiceConfig(text: string, place: string): ServiceConfig {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw invalid(place, `is not JSON (${cause instanceof Error ? cause.message : String(cause)})`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(place, 'is not an object')
  return value as ServiceConfig
}

/** What Redis holds for a service; undefined where the key is absent. */
export async function fetchServiceConfig(redis: Redis, name: string): Promise<string | undefined> {
  const text = await redis.get(`config.${name}`)
  return text === null || text.trim() === '' ? undefined : text
}

/** Puts every `NAME.json` of a folder under `config.NAME`. Nothing is written when one of them is no JSON object. */
export async function pushServiceConfigs(redis: Redis, folder: string): Promise<readonly string[]> {
  let names: readonly string[]
  try {
    names = (await readdir(folder)).filter((name) => name.endsWith('.json')).toSorted()
  } catch (cause) {
    throw invalid(folder, `cannot be read (${cause instanceof Error ? cause.message : String(cause)})`)
  }
  const entries = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(folder, name), 'utf8')
      parseServiceConfig(text, name)
      return [`config.${basename(name, '.json')}`, text] as const
    }),
  )
  if (entries.length > 0) await redis.mset(new Map(entries))
  return entries.map(([key]) => key)
}
