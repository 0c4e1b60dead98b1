import type { DetectorConfig } from '../core/detector-config.ts'
import type { ProgramTable, ProgramValues } from '../services/program-arguments.ts'
import type { StreamPlace } from './stream-place.ts'

/** What a program is started with. */
export interface ReplayInput {
  readonly config: DetectorConfig
  /** Positional words, the configuration file among them. */
  readonly words: readonly string[]
  readonly values: ProgramValues
  readonly place: StreamPlace
  /** A line for the log, with fields. */
  readonly log: (event: string, fields: Readonly<Record<string, string | number>>) => void
}

export interface RunningReplay {
  /** Rejects when the program cannot go on; resolves when it was closed. */
  readonly ended: Promise<void>
  close(): Promise<void>
}

/** A part of the replay buffer as a program of its own. Its first word is the detector's JSON configuration. */
export interface ReplayProgram {
  readonly table: ProgramTable
  start(input: ReplayInput): Promise<RunningReplay>
}

export const configWord = {
  name: 'detector_json_filename',
  help: 'JSON configuration of the detector',
} as const
