export { ReplayError, replayStatus, type ReplayErrorCode } from './error.ts'
export { replayClient, replaySocketName, type ReplayClient } from './service/control-client.ts'
export type { RecordingMark } from './files/recording-marks.ts'
export type { RecordRequest } from './service/control-bodies.ts'
export type {
  Failure,
  PlaySummary,
  RecordingDetail,
  RecordingSummary,
  ReplayActivity,
} from './service/control-messages.ts'
export type { PlayOptionTexts } from './play/play-options.ts'
export type { GroupLag, PlayProgress, PlayResult, PlayState } from './play/play-progress.ts'
export type { RecordProgress, RecordState } from './record/recorder.ts'
