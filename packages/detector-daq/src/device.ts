export { createDaqDetector, type DaqDetector, type DaqDetectorOptions } from './device/daq-detector.ts'
export { detectorAddressesVariable, platformDetectors } from './device/platform-detectors.ts'
