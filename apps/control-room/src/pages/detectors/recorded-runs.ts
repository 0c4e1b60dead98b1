import { isPlainObject } from '../../net/merge-patch.ts'

/** An acquisition that ended. */
export interface RecordedRun {
  readonly id: string
  readonly file: string
  readonly name: string
  readonly images: number
  /** Null: until it was stopped. */
  readonly wanted: number | null
  readonly isFailed: boolean
}

/** What the detector tells of its last acquisitions, newest first. */
export function recordedRuns(answer: unknown): readonly RecordedRun[] {
  const logs = tableAt(answer, 'logs')
  return Object.entries(logs)
    .flatMap(([id, run]): RecordedRun[] => {
      const { output_file: file, n_images: wanted } = tableAt(run, 'info')
      const images = Number(tableAt(run, 'stats')['n_write_completed'])
      if (typeof file !== 'string') return []
      return [
        {
          id,
          file,
          name: file.slice(file.lastIndexOf('/') + 1),
          images: Number.isFinite(images) ? images : 0,
          wanted: typeof wanted === 'number' && wanted >= 0 ? wanted : null,
          isFailed: isPlainObject(run) && run['state'] === 'FAILED',
        },
      ]
    })
    .toSorted((a, b) => Number.parseFloat(b.id) - Number.parseFloat(a.id))
}

function tableAt(value: unknown, key: string): Readonly<Record<string, unknown>> {
  const found = isPlainObject(value) ? value[key] : undefined
  return isPlainObject(found) ? found : {}
}
