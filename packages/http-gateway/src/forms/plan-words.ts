import type { PlanDescription } from './plan-description.ts'

const titles: Readonly<Record<string, string>> = {
  count: 'Count',
  scan: 'Scan',
  rel_scan: 'Relative scan',
  list_scan: 'List scan',
  rel_list_scan: 'Relative list scan',
  list_grid_scan: 'List grid scan',
  rel_list_grid_scan: 'Relative list grid scan',
  log_scan: 'Logarithmic scan',
  rel_log_scan: 'Relative logarithmic scan',
  grid_scan: 'Grid scan',
  rel_grid_scan: 'Relative grid scan',
  adaptive_scan: 'Adaptive scan',
  rel_adaptive_scan: 'Relative adaptive scan',
  tune_centroid: 'Tune to the centroid',
  spiral: 'Spiral',
  spiral_fermat: 'Fermat spiral',
  spiral_square: 'Square spiral',
  rel_spiral: 'Relative spiral',
  rel_spiral_fermat: 'Relative Fermat spiral',
  rel_spiral_square: 'Relative square spiral',
  scan_nd: 'Scan along a trajectory',
  fly: 'Fly',
  mv: 'Move',
  mvr: 'Move by',
  mov: 'Move',
  movr: 'Move by',
  sleep: 'Wait',
}

export function titleOf(name: string): string {
  return titles[name] ?? sentence(name)
}

const labels: Readonly<Record<string, string>> = {
  num: 'Points',
  md: 'Metadata',
  num_points: 'Points',
  snake_axes: 'Snake',
  per_step: 'What to do at each point',
  per_shot: 'What to do at each reading',
}

export function labelOf(name: string): string {
  return labels[name] ?? sentence(name)
}

/** `exposure_time` → `Exposure time`. */
function sentence(name: string): string {
  const words = name.replaceAll('_', ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Heading under which the picker shows a plan. */
export function groupOf(plan: PlanDescription): string {
  const { name, parameters } = plan
  if (/grid|spiral|map|mesh|raster/.test(name)) return 'Maps'
  if (/scan|tune|fly/.test(name)) return 'Scans'
  if (/count|measure|acquire|snap|expos/.test(name)) return 'Measurements'
  if (/^(mvr?|movr?|move|set|home|align|park)(_|$)/.test(name)) return 'Moves'
  return parameters.some((one) => one.type?.includes('__READABLE__') === true) ? 'Measurements' : 'Other'
}
