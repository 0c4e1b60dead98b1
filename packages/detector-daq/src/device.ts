export { createDaqDetector, type DaqDetector, type DaqDetectorOptions } from './device/daq-detector.ts'
