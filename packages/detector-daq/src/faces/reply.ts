import { DaqError } from '../error.ts'

/** What every route of G1 to G3 answers: HTTP 200 with a status, errors of the caller as well (daq contract 10). */
export type Reply = Readonly<Record<string, unknown>> & { readonly status: 'ok' | 'error' }

export function ok(message: string, more: Readonly<Record<string, unknown>> = {}): Reply {
  return { status: 'ok', message, ...more }
}

/** The text of an error for a client. */
export function errorText(error: unknown): string {
  if (error instanceof DaqError) return error.detail
  return error instanceof Error ? error.message : String(error)
}

export function failed(error: unknown): Reply {
  return { status: 'error', message: errorText(error) }
}

/** Runs a route's work; what it throws becomes an answer. */
export async function answer(work: () => Promise<Reply> | Reply): Promise<Reply> {
  try {
    return await work()
  } catch (error) {
    return failed(error)
  }
}

export function tableOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {}
}

function refuse(message: string, key: string): DaqError {
  return new DaqError({
    code: 'DAQ_REQUEST_REFUSED',
    message,
    fault: 'caller',
    remedy: `Correct ${key} of the request.`,
    key,
  })
}

const filePattern = /^\/[a-zA-Z0-9_/.-]*\..+[^/]$/

export interface WriteRequest {
  readonly images: number
  readonly path: string
  readonly runId: number
}

/** The body of a write request. Throws DAQ_REQUEST_REFUSED. */
export function writeRequest(body: unknown): WriteRequest {
  const table = tableOf(body)
  const images = Number(table['n_images'])
  const path = table['output_file']
  if (table['n_images'] === undefined || !Number.isInteger(images) || images < 1)
    throw refuse(`n_images: ${JSON.stringify(table['n_images'])} is not a whole number from 1.`, 'n_images')
  // '..' would leave the folder that the rights of the caller were thought for.
  if (typeof path !== 'string' || !filePattern.test(path) || path.split('/').includes('..'))
    throw refuse(`output_file: ${JSON.stringify(path)} is not an absolute path of a file.`, 'output_file')
  const runId = Number(table['run_id'] ?? Date.now() * 1_000_000)
  if (!Number.isFinite(runId))
    throw refuse(`run_id: ${JSON.stringify(table['run_id'])} is no number.`, 'run_id')
  return { images, path, runId }
}
