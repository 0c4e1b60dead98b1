// Stages of the data plane that run alone, each as the peer's program of its name.
export { convertStage } from './stages/convert-stage.ts'
export { driverStage } from './stages/driver-stage.ts'
export {
  configuredStreams,
  liveStreamStage,
  metadataStreamStage,
  streamSendStage,
  type ConfiguredStream,
} from './stages/live-stage.ts'
export { receiveStage } from './stages/receive-stage.ts'
export type { StageOptions } from './stages/stage.ts'
export {
  compressStage,
  delayStage,
  filterStage,
  refuseBlosc2,
  streamReceiveStage,
} from './stages/stream-stage.ts'
export { syncMetadataStage, syncModuleStage, syncPartsStage } from './stages/sync-stage.ts'
export { detectorWriterStage, h5WriterStage } from './stages/writer-stage.ts'
