import type { OwnerOf, Shard } from '../stream-owner.ts'
import type { ControlCommand } from './command.ts'
import { workflowText } from './job-id.ts'
import { answerKey } from './resume-plan.ts'
import type { SeenJob, ServiceBook } from './service-book.ts'

/** Status comes every 2 s: a process that was silent for this long does not answer. */
const silentMs = 6_000

/**
 * Of several processes of a service that have jobs of a workflow, the one with the lowest index answers a command to all of
 * them. Whose a job is follows from its stream.
 */
export function answersForSeveral(
  selector: ControlCommand['selector'],
  place: {
    readonly shard: Shard
    readonly ownerOf: OwnerOf
    readonly others: ServiceBook
    readonly nowMs: number
  },
): boolean {
  const { shard, ownerOf, others, nowMs } = place
  if (shard.count <= 1) return true
  const isBefore = (job: SeenJob): boolean =>
    ownerOf(job.source) < shard.index &&
    job.state !== 'stopped' &&
    nowMs - job.seenMs < silentMs &&
    isSelected(job, selector)
  return !others.jobs().some(isBefore)
}

/** The key of an answer on {i}_livedata_responses, if it is one. */
export function answeredKey(value: Uint8Array): readonly string[] {
  try {
    const raw: unknown = JSON.parse(new TextDecoder().decode(value))
    if (typeof raw !== 'object' || raw === null) return []
    const { message_id: id, device } = raw as Readonly<Record<string, unknown>>
    return typeof id === 'string' && typeof device === 'string' ? [answerKey(id, device)] : []
  } catch (error) {
    if (error instanceof SyntaxError) return []
    throw error
  }
}

function isSelected(job: SeenJob, selector: ControlCommand['selector']): boolean {
  switch (selector.kind) {
    case 'all':
      return true
    case 'workflow':
      return job.workflow === workflowText(selector.workflow, { dialect: 'C', namespace: '' })
    case 'job':
      return job.source === selector.jobId.source_name && job.jobNumber === selector.jobId.job_number
  }
}
