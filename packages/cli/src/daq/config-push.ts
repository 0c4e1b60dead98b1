import {
  closeRedis,
  openRedis,
  pushServiceConfigs,
  redisAddress,
  redisOfEnvironment,
} from '@beamtime/detector-daq/services'
import { printLine } from '../print.ts'

/** `daq config push DIR`: every NAME.json of a folder becomes `config.NAME` in Redis. */
export async function daqConfigPush(folder: string, options: { readonly redis?: string }): Promise<number> {
  const address =
    options.redis === undefined ? redisOfEnvironment(process.env) : redisAddress(options.redis, '--redis')
  const redis = await openRedis(address)
  try {
    const keys = await pushServiceConfigs(redis, folder)
    for (const key of keys) printLine(key)
    if (keys.length === 0) printLine(`no .json file in ${folder}`)
    return 0
  } finally {
    await closeRedis(redis)
  }
}
