import { x5f2 } from '@beamtime/stream-formats'
import type { StreamCount } from '../message-router.ts'
import { toExactJson } from './exact-json.ts'
import type { Job, JobState } from './job.ts'
import { workflowText } from './job-id.ts'

/* Status of services and jobs, x5f2 on {i}_livedata_heartbeat every 2 s. Source: livedata contract, section 7. */

export type ServiceState = 'starting' | 'running' | 'stopped' | 'error'

/** Who says it. */
export interface Reporter {
  readonly version: string
  readonly host: string
  readonly pid: number
}

export interface ServiceReport {
  readonly instrument: string
  readonly service: string
  readonly workerId: string
  readonly state: ServiceState
  readonly startedAtNs: bigint
  readonly activeJobs: number
  readonly error: string | null
  readonly batchIntervalS: number
  readonly streamStats: { readonly windowS: number; readonly streams: readonly StreamCount[] } | null
}

const serviceStatus: Readonly<Record<ServiceState, number>> = {
  running: 200,
  starting: 235,
  stopped: 235,
  error: 240,
}
const jobStatus: Readonly<Record<JobState, number>> = {
  active: 200,
  finishing: 200,
  warning: 210,
  pending_context: 210,
  scheduled: 235,
  error: 240,
  stopped: 999,
}

export function serviceStatusMessage(reporter: Reporter, report: ServiceReport): Uint8Array {
  const { streamStats } = report
  const message = {
    message_type: 'service',
    instrument: report.instrument,
    service_name: report.service,
    worker_id: report.workerId,
    state: report.state,
    started_at: report.startedAtNs,
    active_job_count: report.activeJobs,
    error: report.error,
    batch_interval_s: report.batchIntervalS,
    stream_stats:
      streamStats === null ? null : { window_seconds: streamStats.windowS, streams: streamStats.streams },
  }
  return encode(reporter, {
    serviceId: `${report.instrument}:${report.service}:${report.workerId}`,
    intervalMs: 2_000,
    json: toExactJson({ status: serviceStatus[report.state], message }),
  })
}

export function jobStatusMessage(reporter: Reporter, job: Job): Uint8Array {
  const { id, workflow, workflowId, dialect } = job.start
  const state = job.state()
  const message = {
    message_type: 'job',
    state,
    warning: job.waitingText() ?? job.warning,
    error: job.error,
    job_id: { source_name: id.source_name, job_number: id.job_number },
    workflow_id: workflowText(workflowId, { dialect, namespace: workflow.service }),
    start_time: job.startNs,
    end_time: job.endNs,
  }
  return encode(reporter, {
    serviceId: `${id.source_name}:${id.job_number}`,
    intervalMs: 1_000,
    json: toExactJson({ status: jobStatus[state], message }),
  })
}

function encode(
  reporter: Reporter,
  status: { readonly serviceId: string; readonly intervalMs: number; readonly json: string },
): Uint8Array {
  return x5f2.encode({
    software_name: 'livedata',
    software_version: reporter.version,
    service_id: status.serviceId,
    host_name: reporter.host,
    process_id: reporter.pid,
    update_interval: status.intervalMs,
    status_json: status.json,
  })
}
