export { ReplayError, replayErrorCodes, type ReplayErrorCode } from './error.ts'
export { replayConfig } from './config.ts'
export {
  findProfile,
  openReplay,
  playOptionsOf,
  recordingPath,
  type PlayHooks,
  type Replay,
  type ReplayOptions,
} from './open-replay.ts'
export { parseBytes, parseDurationMs, parsePosition, type Position } from './positions.ts'
export { Player } from './play/player.ts'
export type { GroupLag, PlayProgress, PlayResult, PlayState } from './play/play-progress.ts'
export type { HeaderChoice, PartitionChoice, PlayOptions, PlayOptionTexts } from './play/play-options.ts'
export { builtinProfiles, parseProfile, type Profile } from './play/profile.ts'
export type { Pace } from './play/schedule.ts'
export { planPlay, type PlayPlan } from './play/play-plan.ts'
export { parseRecordOptions, type RecordOptions, type RecordOptionTexts } from './record/record-options.ts'
export type { Recorder, RecordProgress, RecordState } from './record/recorder.ts'
export { mountableTopics, type MountableTopic } from './recording/mountable-topics.ts'
export { Recording } from './recording/recording.ts'
export {
  readManifest,
  type RecordedPartition,
  type RecordedTopic,
  type RecordingManifest,
} from './recording/manifest.ts'
export { verifyRecording, type Damage, type DamageKind, type VerifyReport } from './recording/verify.ts'
export {
  openSource,
  type SourcePartition,
  type SourceTopic,
  type StreamSource,
} from './source/stream-source.ts'
export { browseStream, type BrowsePage, type BrowseRequest } from './browse/browse-stream.ts'
export { Breather } from './browse/breather.ts'
export { messageFilter, type MessageFilter } from './browse/message-filter.ts'
export { archiveRecording } from './files/tar-archive.ts'
export { cutStream } from './files/cut-stream.ts'
export {
  catFormats,
  catMessages,
  exportFormats,
  exportMessages,
  type CatFormat,
  type ExportFormat,
} from './files/export-files.ts'
export { importFormatOf, importFormats, type ImportFormat } from './files/import-files.ts'
export { importRecording } from './files/import-recording.ts'
export { preloadTopic, type PreloadOptions } from './files/preload-topic.ts'
export { printLines } from './files/print-lines.ts'
export { recordingInfo, type RecordingInfo } from './files/recording-info.ts'
export { contentJson, messageContent, type MessageContent } from './files/message-json.ts'
export { SchemaShelf, type MessageChoice, type StreamMessage } from './files/stream-messages.ts'
export { alertHead, alertView, type AlertHead, type AlertView, type LightPoint } from './alerts/alert-view.ts'
export { readAlert } from './alerts/read-alert.ts'
export { schemasToTry } from './alerts/alert-fields.ts'
export { alertSchemaText } from './alerts/alert-schema.ts'
export { alertsOf, writeAlertFile, writeAlertSamples, type AlertSample } from './alerts/alert-samples.ts'
export { alertSimulator, type AlertSimulator } from './alerts/alert-simulator.ts'
export { startReplay, type ReplayServiceConfig } from './service/start-replay.ts'
export type {
  PlaySummary,
  RecordingDetail,
  RecordingSummary,
  ReplayActivity,
} from './service/control-messages.ts'
