export { ReplayError, replayErrorCodes, type ReplayErrorCode } from './error.ts'
