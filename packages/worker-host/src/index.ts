export { WorkerHostError, workerHostErrorCodes } from './error.ts'
export type { WorkerHostErrorCode } from './error.ts'
export { maxLineBytes, protocolVersion, workerOperationNames } from './protocol.ts'
export type {
  AllowedNames,
  DeviceProgress,
  EnvironmentState,
  ExistingLists,
  FunctionToRun,
  OperationParams,
  OperationResult,
  PlanReport,
  PlanState,
  PlanToRun,
  RunListEntry,
  RunningTask,
  TaskResult,
  WireDevice,
  WirePlan,
  WirePlanParameter,
  WorkerAnswer,
  WorkerEvent,
  WorkerOperation,
  WorkerOperations,
  WorkerRequest,
  WorkerState,
} from './protocol.ts'
export { parseWorkerSpec } from './worker-spec.ts'
export type { WorkerSpec, WorkerStartup } from './worker-spec.ts'
export { runWorkerHost } from './run-worker-host.ts'
export type { EngineEvents, PlanOutcome, ScriptToLoad, WorkerEngine } from './worker-engine.ts'
