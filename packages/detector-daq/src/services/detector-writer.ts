import { tableOf, writeRequest, type WriteRequest } from '../faces/reply.ts'
import type { PrimaryService } from './service-functions.ts'

/* The writer agent: writes files of a detector on requests of the broker (daq contract 9). A request that is killed is a success with
 * the images that were written so far. */

export interface DetectorWriteRequest extends WriteRequest {
  readonly userId: number | undefined
}

/** What writes: the detector of this process, or one that is asked over REST. */
export interface DetectorWriterBackend {
  /** Writes; ends early when the signal aborts. Rejects with the reason when there is no whole file. */
  write(request: DetectorWriteRequest, signal: AbortSignal): Promise<void>
}

/** Reads `{"output_file", "n_images", "user_id"?}`. Throws with the text for its sender. */
export function detectorWriteRequest(body: unknown): DetectorWriteRequest {
  const { user_id: userId } = tableOf(body)
  if (userId !== undefined && userId !== null && !(typeof userId === 'number' && Number.isInteger(userId)))
    throw new Error(`user_id: ${JSON.stringify(userId)} is not a whole number.`)
  return { ...writeRequest(body), userId: typeof userId === 'number' ? userId : undefined }
}

/** Answers with the name of the file. */
export function detectorWriterService(backend: DetectorWriterBackend): PrimaryService {
  return {
    kind: 'primary',
    async onRequest(_requestId, body, signal) {
      const request = detectorWriteRequest(body)
      await backend.write(request, signal)
      return request.path
    },
  }
}
