import { dataMessagesDe } from './messages-de-data.ts'
import { detectorsMessagesDe } from './messages-de-detectors.ts'
import { filesMessagesDe } from './messages-de-files.ts'
import { gridMessagesDe } from './messages-de-grids.ts'
import { liveMessagesDe } from './messages-de-live.ts'
import { masksMessagesDe } from './messages-de-masks.ts'
import { plotMessagesDe } from './messages-de-plots.ts'
import { queueMessagesDe } from './messages-de-queue.ts'
import { runsMessagesDe } from './messages-de-runs.ts'
import { servicesMessagesDe } from './messages-de-services.ts'
import { shellMessagesDe } from './messages-de-shell.ts'
import { streamsMessagesDe } from './messages-de-streams.ts'
import type { Messages } from './messages-en.ts'

/** German. What is missing here is shown in English, so a translation can grow key by key. */
export const de: PartialMessages<Messages> = {
  ...shellMessagesDe,
  ...servicesMessagesDe,
  grids: gridMessagesDe,
  plots: plotMessagesDe,
  queue: queueMessagesDe,
  live: liveMessagesDe,
  runs: runsMessagesDe,
  streams: streamsMessagesDe,
  detectors: detectorsMessagesDe,
  files: filesMessagesDe,
  data: dataMessagesDe,
  masks: masksMessagesDe,
}

export type PartialMessages<T> = {
  readonly [K in keyof T]?: T[K] extends string
    ? string
    : T[K] extends (...args: infer A) => string
      ? (...args: A) => string
      : PartialMessages<T[K]>
}
