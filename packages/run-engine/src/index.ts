// Plans and messages
export { Msg, isMsg, toPlan, type MsgRest, type Plan, type PlanLike } from './msg.ts'
export {
  annotatePlan,
  callPlan,
  isPlanFunction,
  signatureOf,
  type ParameterAnnotation,
  type ParameterKind,
  type PlanFunction,
  type PlanParameter,
  type PlanSignature,
} from './plan-signature.ts'

// Engine
export {
  RunEngine,
  type Preprocessor,
  type RunEngineOptions,
  type RunEngineResult,
} from './engine/run-engine.ts'
export type { Command } from './engine/command.ts'
export type { EngineCore, EngineHooks, SuspendRequest } from './engine/core.ts'
export type { DocumentCallback, SubscribeOptions, Subscriptions } from './engine/dispatcher.ts'
export type { CollectPayload } from './engine/collect.ts'
export { stateTransitions, type RunEngineState } from './engine/state.ts'
export { fileMetadata, memoryMetadata, type MetadataStore } from './engine/metadata.ts'
export { controlExitStatus, noReplayAllowed } from './engine/control.ts'
export { builtinCommands } from './commands/registry.ts'
export {
  RunEngineError,
  errorText,
  isRunEngineError,
  runEngineErrorCodes,
  type RunEngineErrorCode,
} from './error.ts'

// Suspenders
export { isSuspender, type Suspender } from './suspenders/suspender.ts'
export { signalSuspender, type SuspenderOptions, type SuspenderRule } from './suspenders/signal-suspender.ts'
export {
  suspendBoolHigh,
  suspendBoolLow,
  suspendCeil,
  suspendFloor,
  suspendOutBand,
  suspendWhenChanged,
  suspendWhenOutsideBand,
  type BandOptions,
  type ChangeOptions,
  type ThresholdOptions,
} from './suspenders/suspenders.ts'

// Stubs: one instruction
export {
  closeRun,
  configure,
  create,
  declareStream,
  drop,
  monitor,
  openRun,
  read,
  save,
  unmonitor,
  type DeclareStreamOptions,
} from './stubs/run-stubs.ts'
export {
  broadcastMsg,
  checkpoint,
  clearCheckpoint,
  deferredPause,
  inputPlan,
  installSuspender,
  nullPlan,
  pause,
  removeSuspender,
  sleep,
  subscribe,
  unsubscribe,
  wait,
  waitFor,
  type WaitOptions,
} from './stubs/flow-stubs.ts'
export {
  absSet,
  locate,
  mv,
  mvr,
  prepare,
  rd,
  relSet,
  stop,
  trigger,
  type ActionOptions,
  type MoveOptions,
} from './stubs/move-stubs.ts'
export {
  collect,
  collectWhileCompleting,
  complete,
  completeAll,
  kickoff,
  kickoffAll,
  type CollectOptions,
  type CollectWhileOptions,
} from './stubs/fly-stubs.ts'
export { stage, stageAll, unstage, unstageAll } from './stubs/stage-stubs.ts'
export { triggerAndRead } from './stubs/trigger-and-read.ts'
export {
  movePerStep,
  one1dStep,
  oneNdStep,
  oneShot,
  type PositionCache,
  type Step,
  type TakeReading,
} from './stubs/step-stubs.ts'
export { repeat, repeater, type RepeatOptions } from './stubs/repeat.ts'
export { shortUid } from './stubs/short-uid.ts'

// Preprocessors: from plan to plan
export { msgMutator, pchain, planMutator, type Insertion } from './preprocessors/mutators.ts'
export {
  contingencyWrapper,
  finalizeWrapper,
  type ContingencyOptions,
  type FinalizeOptions,
} from './preprocessors/finalize.ts'
export { injectMdWrapper, runWrapper, setRunKeyWrapper, stubWrapper } from './preprocessors/run.ts'
export { lazilyStageWrapper, stageWrapper } from './preprocessors/stage.ts'
export { relativeSetWrapper, resetPositionsWrapper } from './preprocessors/relative-set.ts'
export {
  baselineWrapper,
  flyDuringWrapper,
  monitorDuringWrapper,
  supplementalData,
  type SupplementalData,
} from './preprocessors/during-run.ts'
export { subsWrapper, suspendWrapper } from './preprocessors/subs.ts'
export { configureCountTimeWrapper } from './preprocessors/count-time.ts'
export { rewindableWrapper } from './preprocessors/rewindable.ts'
export { printSummaryWrapper, summarizePlan } from './preprocessors/summary.ts'
export {
  baselineDecorator,
  configureCountTimeDecorator,
  contingencyDecorator,
  finalizeDecorator,
  flyDuringDecorator,
  injectMdDecorator,
  lazilyStageDecorator,
  monitorDuringDecorator,
  relativeSetDecorator,
  resetPositionsDecorator,
  rewindableDecorator,
  runDecorator,
  setRunKeyDecorator,
  stageDecorator,
  subsDecorator,
  suspendDecorator,
  type PlanDecorator,
} from './preprocessors/decorators.ts'

// Plans: whole procedures
export { standardPlans } from './standard-plans.ts'
export { count, type CountOptions } from './plans/count.ts'
export {
  innerProductScan,
  relScan,
  relativeInnerProductScan,
  scan,
  x2xScan,
  type LineScanOptions,
} from './plans/scan.ts'
export {
  listGridScan,
  listScan,
  relListGridScan,
  relListScan,
  type ListGridOptions,
} from './plans/list-scan.ts'
export { gridScan, relGridScan, type GridOptions } from './plans/grid-scan.ts'
export { logScan, relLogScan, type LogScanOptions } from './plans/log-scan.ts'
export { scanNd, type ScanNdOptions } from './plans/scan-nd.ts'
export {
  relSpiral,
  relSpiralFermat,
  relSpiralSquare,
  spiral,
  spiralFermat,
  spiralSquare,
  type SpiralOptions,
} from './plans/spiral.ts'
export { adaptiveScan, relAdaptiveScan, type FeedbackOptions } from './plans/adaptive-scan.ts'
export { tuneCentroid } from './plans/tune-centroid.ts'
export { tweak } from './plans/tweak.ts'
export { rampPlan } from './plans/ramp-plan.ts'
export { fly } from './plans/fly.ts'
export {
  innerTrajectory,
  linePath,
  outerTrajectory,
  pointTrajectory,
  type MotorPath,
  type Trajectory,
} from './plans/trajectory.ts'
export { linspace, logspace } from './plans/numbers.ts'
export {
  perStep1D,
  perStepND,
  type Metadata,
  type PerStep,
  type ScanOptions,
  type Step1d,
  type StepNd,
} from './plans/plan-options.ts'
export type { SnakeAxes } from './plans/snake-axes.ts'

// Devices
export type {
  AssetDocument,
  Checkable,
  Collectable,
  CollectDescription,
  Configurable,
  DataKeys,
  Device,
  EventCollectable,
  EventPageCollectable,
  Flyable,
  Hints,
  Locatable,
  Location,
  MaybePromise,
  Movable,
  PartialEvent,
  PartialEventPage,
  Pausable,
  Preparable,
  Readable,
  Reading,
  Readings,
  Reconfigurable,
  RewindMarked,
  Stageable,
  Stoppable,
  Subscribable,
  SubscriptionCallback,
  Triggerable,
  WritesAssets,
  WritesStreamAssets,
} from './devices/protocols.ts'
export {
  isCheckable,
  isCollectable,
  isConfigurable,
  isFlyable,
  isLocatable,
  isMovable,
  isPausable,
  isReadable,
  isStageable,
  isStoppable,
  isSubscribable,
  isTriggerable,
} from './devices/protocols.ts'
export {
  Status,
  allOf,
  finishedStatus,
  isStatus,
  statusOf,
  type ProgressUpdate,
  type StatusLike,
  type StatusOptions,
} from './devices/status.ts'
export {
  classNameOf,
  deviceTraits,
  findDevice,
  hintedFields,
  isDevice,
  rootAncestor,
  separateDevices,
  textOf,
  type DeviceTraits,
} from './devices/device-traits.ts'

// Simulated devices
export { standardDevices } from './standard-devices.ts'
export { createSimulatedDevices, type HardwareOptions, type SimulatedHardware } from './simulated/hardware.ts'
export { Signal, type SignalOptions } from './simulated/signal.ts'
export {
  compositeDevice,
  type CompositeDevice,
  type CompositeOptions,
  type DeviceParts,
} from './simulated/composite-device.ts'
export { bundle, type Bundle } from './simulated/bundle.ts'
export { synAxis, type SynAxis, type SynAxisOptions } from './simulated/syn-axis.ts'
export { syn2DGauss, synGauss, type Noise, type PeakOptions, type SynGauss } from './simulated/syn-gauss.ts'
export {
  invariantSignal,
  synPeriodicSignal,
  synSignal,
  type PeriodicOptions,
} from './simulated/syn-signals.ts'
export { directImage, type SimulatedDevice } from './simulated/direct-image.ts'
export { fileSignal, type FileSignal, type FileSignalOptions } from './simulated/file-signal.ts'
export { mockFlyer, trivialFlyer, type MockFlyerOptions, type SimulatedFlyer } from './simulated/flyers.ts'
export { simMotor, type FlyMotorInfo, type SimMotor, type SimMotorOptions } from './simulated/sim-motor.ts'
export {
  simPointDetector,
  simStage,
  type SimPointDetector,
  type SimPointDetectorOptions,
} from './simulated/sim-point-detector.ts'
export {
  pseudoPositioner,
  type PseudoAxis,
  type PseudoPositioner,
  type PseudoPositionerOptions,
} from './simulated/pseudo-positioner.ts'
export { normalSample, poissonSample, seededRandom, type Random } from './simulated/random.ts'

// What to make of documents
export {
  peakStatistics,
  type CurvePoint,
  type PeakOptions as PeakStatisticsOptions,
  type PeakStatistics,
} from './analysis/peak-statistics.ts'
export { fitGaussian, gaussian, type GaussianFit } from './analysis/gaussian-fit.ts'
export {
  bestEffortChoices,
  imageCell,
  type Axis,
  type BestEffortChoices,
  type Column,
  type StreamChoice,
  type StreamView,
} from './analysis/best-effort-choices.ts'
export { liveTable, type LiveTableOptions } from './analysis/live-table.ts'
