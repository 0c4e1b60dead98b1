import type { Daq } from '../service/daq.ts'
import type { DetectorWriterBackend } from './detector-writer.ts'

/** Writes with the detector of this process. */
export function localWriter(daq: Pick<Daq, 'startRun' | 'control'>): DetectorWriterBackend {
  return {
    async write({ path, images, runId, userId }, signal) {
      const { finished } = await daq.startRun({
        files: { kind: 'single', path },
        layout: 'f1',
        images,
        runId,
        ...(userId === undefined ? {} : { userId }),
      })
      const stop = (): void => void daq.control.stop().catch(() => undefined)
      if (signal.aborted) stop()
      signal.addEventListener('abort', stop, { once: true })
      try {
        const acquisition = await finished
        if (acquisition.phase === 'failed') throw new Error(acquisition.message)
      } finally {
        signal.removeEventListener('abort', stop)
      }
    },
  }
}
