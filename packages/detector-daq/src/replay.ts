// The replay buffer: records images, plays them back (daq contract 15).
export { replayPrograms } from './replay/replay-programs.ts'
export type { ReplayInput, ReplayProgram, RunningReplay } from './replay/replay-program.ts'
export { defaultStreamPlace, type StreamPlace } from './replay/stream-place.ts'
export { parseDetectorConfig } from './core/detector-config.ts'
