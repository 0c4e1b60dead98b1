import { chownSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { AcquisitionInfo, WriterObject } from '../core/acquisition.ts'
import { DaqError } from '../error.ts'
import type { RunRequest } from './acquisition-control.ts'

/** What clients are told of a run. */
export function infoOf(request: RunRequest, file: string): AcquisitionInfo {
  return { n_images: request.images ?? -1, output_file: file, run_id: request.runId }
}

/** The files of a run: one for one writer; parts and a virtual file that joins them for several. */
export function filesOf(
  request: RunRequest,
  writers: number,
): { readonly paths: string[]; readonly master: string | undefined } {
  const { files } = request
  if (files.kind === 'interleaved')
    return {
      paths: Array.from({ length: writers }, (_, writer) =>
        join(files.folder, `${files.prefix}${writer}.h5`),
      ),
      master: undefined,
    }
  if (writers === 1) return { paths: [files.path], master: undefined }
  const extension = extname(files.path)
  const stem = files.path.slice(0, files.path.length - extension.length)
  return {
    paths: Array.from({ length: writers }, (_, writer) => `${stem}_part${writer}${extension}`),
    master: files.path,
  }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Throws DAQ_REQUEST_REFUSED when it is not there. */
export function checkFolder(folder: string): void {
  try {
    if (statSync(folder).isDirectory()) return
  } catch {
    // said below
  }
  throw refused(`Output file folder ${folder} does not exist. Please create it first.`, 'Create the folder.')
}

/** Where we run as root the files of a run belong to the user who asked for them. */
export function giveAway(path: string, userId: number | undefined): void {
  if (userId === undefined || userId <= 0 || process.geteuid?.() !== 0) return
  chownSync(path, userId, statSync(path).gid)
}

export function busy(status: WriterObject): DaqError {
  return new DaqError({
    code: 'DAQ_WRITER_BUSY',
    message: `Cannot start new acquisition while previous one is running: ${JSON.stringify(status)}`,
    fault: 'caller',
    remedy: 'Wait for the end of the run or stop it.',
    canRetry: true,
  })
}

export function refused(message: string, remedy: string): DaqError {
  return new DaqError({ code: 'DAQ_REQUEST_REFUSED', message, fault: 'caller', remedy })
}
