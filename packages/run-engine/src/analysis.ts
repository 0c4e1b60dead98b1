// The part that also runs in a browser: what to make of documents. Nothing here imports from node.
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
