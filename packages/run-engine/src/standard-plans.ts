import { annotatePlan, type PlanFunction } from './plan-signature.ts'
import { adaptiveScan, relAdaptiveScan } from './plans/adaptive-scan.ts'
import { count } from './plans/count.ts'
import { fly } from './plans/fly.ts'
import { gridScan, relGridScan } from './plans/grid-scan.ts'
import { listGridScan, listScan, relListGridScan, relListScan } from './plans/list-scan.ts'
import { logScan, relLogScan } from './plans/log-scan.ts'
import { rampPlan } from './plans/ramp-plan.ts'
import { scanNd } from './plans/scan-nd.ts'
import { innerProductScan, relScan, relativeInnerProductScan, scan, x2xScan } from './plans/scan.ts'
import {
  relSpiral,
  relSpiralFermat,
  relSpiralSquare,
  spiral,
  spiralFermat,
  spiralSquare,
} from './plans/spiral.ts'
import { tuneCentroid } from './plans/tune-centroid.ts'
import { tweak } from './plans/tweak.ts'
import { standardSignatures } from './signatures/standard-signatures.ts'
import { nullPlan, sleep } from './stubs/flow-stubs.ts'
import { mv, mvr } from './stubs/move-stubs.ts'

const functions: { readonly [Name in keyof typeof standardSignatures]: PlanFunction } = {
  count,
  scan,
  rel_scan: relScan,
  list_scan: listScan,
  rel_list_scan: relListScan,
  grid_scan: gridScan,
  rel_grid_scan: relGridScan,
  list_grid_scan: listGridScan,
  rel_list_grid_scan: relListGridScan,
  log_scan: logScan,
  rel_log_scan: relLogScan,
  scan_nd: scanNd,
  x2x_scan: x2xScan,
  inner_product_scan: innerProductScan,
  relative_inner_product_scan: relativeInnerProductScan,
  spiral,
  rel_spiral: relSpiral,
  spiral_fermat: spiralFermat,
  rel_spiral_fermat: relSpiralFermat,
  spiral_square: spiralSquare,
  rel_spiral_square: relSpiralSquare,
  adaptive_scan: adaptiveScan,
  rel_adaptive_scan: relAdaptiveScan,
  tune_centroid: tuneCentroid,
  tweak,
  ramp_plan: rampPlan,
  fly,
  mv,
  mvr,
  sleep,
  null: nullPlan,
}

/** The standard plans by wire name (`rel_scan`), each with its signature. */
export const standardPlans: Readonly<Record<string, PlanFunction>> = Object.fromEntries(
  Object.entries(functions).map(([name, fn]) => {
    const signature = standardSignatures[name as keyof typeof standardSignatures]
    return [name, annotatePlan(fn, signature)]
  }),
)
