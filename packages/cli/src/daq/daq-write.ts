import { resolve } from 'node:path'
import { CliError } from '../error.ts'
import { printJson, printLine } from '../print.ts'
import { callDaq } from './daq-call.ts'
import type { DaqCallOptions, WriteOptions } from './daq-options.ts'

export async function daqWrite(
  detector: string,
  options: WriteOptions & { readonly file: string },
): Promise<number> {
  const images = Number(options.images ?? '1')
  if (!Number.isInteger(images) || images < 1)
    throw new CliError({
      code: 'CLI_USAGE',
      message: 'the number of images is no whole number from 1',
      remedy: 'give e.g. 100',
    })
  const answer = await callDaq(detector, options, {
    path: options.async === true ? '/writer/write_async' : '/writer/write_sync',
    body: { n_images: images, output_file: resolve(options.file) },
  })
  if (options.json === true) printJson(answer['writer'])
  else printLine(String(answer['message']))
  return 0
}

export async function daqStop(detector: string, options: DaqCallOptions): Promise<number> {
  const answer = await callDaq(detector, options, { path: '/writer/stop', body: {} })
  if (options.json === true) printJson(answer['writer'])
  else printLine(String(answer['message']))
  return 0
}
