import { DaqError } from '../error.ts'

/** The address of a part: `tcp://HOST:PORT` with the part added to the port; `*` stays. Throws DAQ_CONFIG_INVALID with the key. */
export function partAddress(key: string, address: string, part: number): string {
  const match = /^(tcp:\/\/.+):(\d{1,5}|\*)$/.exec(address)
  const port = match?.[2] === '*' ? '*' : Number(match?.[2]) + part
  if (match === null || (port !== '*' && port > 65_535))
    throw new DaqError({
      code: 'DAQ_CONFIG_INVALID',
      message: `${key}: ${JSON.stringify(address)} is not tcp://HOST:PORT`,
      fault: 'caller',
      remedy: 'Give the address of part 0; part n is at the port + n.',
      key,
    })
  return `${match[1]}:${port}`
}
