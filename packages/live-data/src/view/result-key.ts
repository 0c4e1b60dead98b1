import { da00 } from '@beamtime/stream-formats'
import { fromExactJson } from '../core/jobs/exact-json.ts'

/** Which output of which job a result is. */
export interface ResultKey {
  /** `workflow id/source/output` */
  readonly key: string
  /** `instrument/name/version` */
  readonly workflow: string
  readonly source: string
  readonly jobNumber: string
  readonly output: string
}

const maxNames = 10_000

/** Reads the names of results; the text of each is parsed once. */
export class ResultNames {
  private readonly known = new Map<string, ResultKey | null>()

  /** null for what is no result. Throws STREAM_MESSAGE_MALFORMED. */
  of(message: Uint8Array): ResultKey | null {
    const name = da00.decode(message).source_name
    const known = this.known.get(name)
    if (known !== undefined) return known
    const parsed = parse(name)
    if (this.known.size >= maxNames) this.known.clear()
    this.known.set(name, parsed)
    return parsed
  }
}

function parse(name: string): ResultKey | null {
  try {
    const { workflow_id, job_id, output_name } = fromExactJson(name) as Record<
      string,
      Record<string, unknown>
    >
    const { instrument, name: workflowName, version } = workflow_id ?? {}
    const { source_name, job_number } = job_id ?? {}
    const texts = [instrument, workflowName, source_name, job_number, output_name]
    if (!texts.every((text) => typeof text === 'string')) return null
    const workflow = `${instrument as string}/${workflowName as string}/${typeof version === 'number' ? version : 1}`
    const source = source_name as string
    const output = output_name as unknown as string
    return {
      key: `${workflow}/${source}/${output}`,
      workflow,
      source,
      jobNumber: job_number as string,
      output,
    }
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null
    throw error
  }
}
