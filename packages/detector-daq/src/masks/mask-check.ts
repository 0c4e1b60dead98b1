import { DaqError } from '../error.ts'
import type { MaskImage } from './mask-file.ts'

export function maskRefusal(message: string): DaqError {
  return new DaqError({
    code: 'DAQ_REQUEST_REFUSED',
    message: `The mask cannot be applied: ${message}.`,
    fault: 'caller',
    remedy: 'Apply it where the packets are received, when the detector is ready.',
    key: 'mask',
  })
}

/** Throws DAQ_CONFIG_BUSY while a file is written, DAQ_REQUEST_REFUSED for a mask of another size. */
export function checkMask(
  image: { readonly width: number; readonly height: number },
  isWriting: boolean,
  mask: MaskImage | undefined,
): void {
  // A file has one mask, and it is in there from the start.
  if (isWriting)
    throw new DaqError({
      code: 'DAQ_CONFIG_BUSY',
      message: 'The mask cannot change while a file is written.',
      fault: 'caller',
      remedy: 'Stop the writer first, or wait.',
      canRetry: true,
    })
  if (mask !== undefined && (mask.width !== image.width || mask.height !== image.height))
    throw maskRefusal(
      `it has ${mask.width} x ${mask.height} pixels, the images have ${image.width} x ${image.height}`,
    )
}
