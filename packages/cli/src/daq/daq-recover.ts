import { recoverRun } from '@beamtime/detector-daq'
import { printJson, printLine } from '../print.ts'

/** `beamtime daq recover`: the images of a file whose index was lost, into a new file beside it. */
export function daqRecover(
  file: string,
  options: { readonly target: string | undefined; readonly json?: boolean },
): number {
  const target = options.target ?? file.replace(/(\.[^./]+)?$/, '-recovered$1')
  const recovered = recoverRun(file, target)
  if (options.json === true) printJson(recovered)
  else printLine(`${recovered.path}: ${recovered.images} images, ${recovered.lost} lost`)
  return 0
}
