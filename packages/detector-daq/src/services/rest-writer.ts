import { DaqError } from '../error.ts'
import type { DetectorWriterBackend } from './detector-writer.ts'

const requestMs = 30_000
const pollMs = 100

interface WriterAnswer {
  readonly status: string
  readonly message: string
  readonly writer?: {
    readonly state?: string
    readonly acquisition?: {
      readonly state?: string
      readonly message?: string
      readonly info?: { readonly run_id?: number }
    } | null
  }
}

/** Writes with the detector service whose REST is at `url` (STD_DAQ_API_URL). Rejects with DAQ_UNREACHABLE when it does not answer. */
export function restWriter(url: string): DetectorWriterBackend {
  async function call(path: string, body?: unknown): Promise<WriterAnswer> {
    let answer: WriterAnswer
    try {
      const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
      const response = await fetch(new URL(path, url), { ...init, signal: AbortSignal.timeout(requestMs) })
      answer = (await response.json()) as WriterAnswer
    } catch (cause) {
      throw new DaqError({
        code: 'DAQ_UNREACHABLE',
        message: `no detector service answers at ${url} (STD_DAQ_API_URL)`,
        fault: 'environment',
        remedy: 'Start it, or correct STD_DAQ_API_URL.',
        canRetry: true,
        key: 'STD_DAQ_API_URL',
        cause,
      })
    }
    if (answer.status !== 'ok') throw new Error(answer.message)
    return answer
  }

  return {
    async write({ path, images, runId }, signal) {
      await call('/writer/write_async', { output_file: path, n_images: images, run_id: runId })
      let isStopped = false
      for (;;) {
        if (signal.aborted && !isStopped) {
          isStopped = true
          await call('/writer/stop', {})
        }
        const { writer } = await call('/writer/status')
        const acquisition = writer?.acquisition
        if (writer?.state !== 'WRITING' || acquisition?.info?.run_id !== runId) {
          if (acquisition?.state === 'FAILED') throw new Error(acquisition.message ?? 'The run failed.')
          return
        }
        await new Promise((resolve) => setTimeout(resolve, pollMs))
      }
    },
  }
}
