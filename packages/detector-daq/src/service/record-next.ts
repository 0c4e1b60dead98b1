import type { AcquisitionControl } from '../control/acquisition-control.ts'
import { DaqError } from '../error.ts'

/** Lets `images` more images into the run and waits until they are written. Rejects with DAQ_TIMEOUT, DAQ_REQUEST_REFUSED. */
export function recordNext(control: AcquisitionControl, images: number, timeoutMs: number): Promise<number> {
  const goal = (control.acquisition?.completed ?? 0) + images
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      settle()
      reject(
        new DaqError({
          code: 'DAQ_TIMEOUT',
          message: `${goal - (control.acquisition?.completed ?? 0)} of ${images} images did not come in ${timeoutMs} ms`,
          fault: 'peer',
          remedy: 'Check that the detector takes images.',
          canRetry: true,
        }),
      )
    }, timeoutMs)
    const look = setInterval(() => check(), 5)
    const settle = (): void => {
      clearTimeout(timer)
      clearInterval(look)
    }
    const check = (): void => {
      const { acquisition } = control
      if (control.isWriting && acquisition !== null && acquisition.completed < goal) return
      settle()
      if (control.isWriting && acquisition !== null) resolve(acquisition.completed)
      else
        reject(
          new DaqError({
            code: 'DAQ_REQUEST_REFUSED',
            message: acquisition?.message || 'No file is open.',
            fault: 'caller',
            remedy: 'Arm the detector first.',
          }),
        )
    }
    control.allow(images)
    check()
  })
}
