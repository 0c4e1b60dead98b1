import type { GatewayParts } from '../../parts.ts'
import type { ChannelName } from '../../ui-types.ts'
import type { Channel } from '../channel.ts'
import { auditChannel } from './audit.ts'
import { consoleChannel } from './console.ts'
import { detectorChannel } from './detector.ts'
import { historyChannel } from './history.ts'
import { livedataChannel } from './livedata.ts'
import { logsChannel } from './logs.ts'
import { outputChannel } from './output.ts'
import { peaksChannel } from './peaks.ts'
import { presenceChannel } from './presence.ts'
import { queueChannel } from './queue.ts'
import { replayChannel } from './replay.ts'
import { runChannel } from './run.ts'
import { runsChannel } from './runs.ts'
import { servicesChannel } from './services.ts'
import { tailChannel } from './tail.ts'
import { topicsChannel } from './topics.ts'
import { statusChannel } from './status.ts'

/** All channels of the control room's socket. */
export function channelsOf(parts: GatewayParts): Readonly<Record<ChannelName, Channel>> {
  return {
    status: statusChannel(parts.status),
    queue: queueChannel(parts.queue, parts.status),
    history: historyChannel(parts.history),
    presence: presenceChannel(),
    console: consoleChannel(parts.console),
    run: runChannel(parts.feed, parts.library),
    peaks: peaksChannel(parts.feed, parts.library),
    runs: runsChannel(parts.feed, parts.library),
    services: servicesChannel(parts.services, parts.supervisor),
    logs: logsChannel(parts.logs),
    audit: auditChannel(parts.audit),
    detector: detectorChannel(parts.detectors),
    livedata: livedataChannel(parts.livedata),
    output: outputChannel(parts.livedata),
    topics: topicsChannel(parts.streams),
    tail: tailChannel(parts.streams),
    plays: replayChannel(parts.streams, 'plays'),
    recordings: replayChannel(parts.streams, 'recordings'),
  }
}
