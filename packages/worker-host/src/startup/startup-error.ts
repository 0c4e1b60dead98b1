import { execFile } from 'node:child_process'
import { inspect, promisify } from 'node:util'
import { WorkerHostError } from '../error.ts'

const execFileAsync = promisify(execFile)

/** What a person needs to find the mistake: text, place, stack, causes. */
export async function tracebackOf(error: unknown, path?: string): Promise<string> {
  if (error instanceof WorkerHostError && error.traceback !== '') return error.traceback
  const text = error instanceof Error ? inspect(error, { depth: 4 }) : String(error)
  // Node tells the line of a syntax error in TypeScript, but not in plain JavaScript.
  if (!(error instanceof SyntaxError) || path === undefined || text.includes(path)) return text
  return `${await placeOfSyntaxError(path)}${text}`
}

async function placeOfSyntaxError(path: string): Promise<string> {
  if (!/\.m?js$/.test(path)) return `${path}\n`
  try {
    await execFileAsync(process.execPath, ['--check', path], { timeout: 5000 })
    return `${path}\n`
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : ''
    const place = output.split('\n\n')[0] ?? ''
    return place.includes(path) ? `${place}\n\n` : `${path}\n`
  }
}

export async function startupFailed(path: string, cause: unknown): Promise<WorkerHostError> {
  const text = cause instanceof Error ? cause.message : String(cause)
  return new WorkerHostError({
    code: 'WORKER_STARTUP_FAILED',
    message: `Error while executing script '${path}': ${text}`,
    fault: 'caller',
    remedy: 'Correct the startup file and open the environment again.',
    traceback: await tracebackOf(cause, path),
    cause,
  })
}
