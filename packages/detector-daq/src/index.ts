// The service
export { daqConfig } from './config.ts'
export { startDaq, type DaqServiceConfig } from './service/start-daq.ts'
export { Daq, type DeploymentState } from './service/daq.ts'
export { daqSettings, detectorConfigOf, type DaqSettings, type DaqValues } from './service/daq-settings.ts'
export { demoDetector } from './service/demo-detector.ts'
export { describeWrittenFile, type FileReport } from './services/file-report.ts'
export { DaqError, type DaqErrorCode } from './error.ts'

// The data plane by itself
export { Pipeline, type PipelineEvent } from './pipeline/pipeline.ts'
export { defaultPipelineOptions, type PipelineOptions } from './pipeline/pipeline-options.ts'
export type { Corrections, JungfrauCalibration } from './pixels/calibration.ts'
export { parseDetectorConfig, updateDetectorConfig, type DetectorConfig } from './core/detector-config.ts'
export { detectorModel, detectorTypes, type DetectorModel, type DetectorPort } from './core/detector-model.ts'
export { recoverRun, type RecoveredRun } from './writer/recover-run.ts'
export { fileStatus, type FileLayout, type RunFileSpec } from './writer/run-file.ts'

// Simulated detectors
export { startSimulator, type Simulator, type SimulatorOptions } from './simulator/simulator.ts'
export type { PacketFaults } from './core/packet-faults.ts'

// Wire formats
export {
  decodeImageMetadata,
  encodeImageMetadata,
  type DetectorMetadata,
  type ImageMetadata,
  type ImageStatus,
  type PixelType,
} from './core/image-metadata.ts'
export { arrayHeader } from './core/array-header.ts'
export type { Acquisition, WriterObject } from './core/acquisition.ts'
