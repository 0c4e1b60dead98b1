import type { ServiceView } from './service-process.ts'

const colors: Readonly<Record<ServiceView['state'], string>> = {
  starting: '\u001b[33m',
  up: '\u001b[32m',
  restarting: '\u001b[33m',
  failed: '\u001b[31m',
  stopping: '\u001b[33m',
  stopped: '\u001b[2m',
}

/** The services as lines of a table; widths follow the longest role. */
export function servicesTable(
  views: readonly ServiceView[],
  options: { readonly color: boolean; readonly width: number },
): readonly string[] {
  const width = Math.max(8, ...views.map((view) => view.role.length)) + 2
  const header = `  ${'service'.padEnd(width)}${'state'.padEnd(12)}${'address'}`
  return [
    options.color ? `\u001b[2m${header}\u001b[0m` : header,
    ...views.map((view) => {
      const state = view.state.padEnd(12)
      const shown = options.color ? `${colors[view.state]}${state}\u001b[0m` : state
      const room = Math.max(20, options.width - width - 15)
      return `  ${view.role.padEnd(width)}${shown}${addressesOf(view).slice(0, room)}`
    }),
  ]
}

/** Addresses without what their kind makes plain, or why there is none. */
export function addressesOf(view: ServiceView): string {
  if (view.state !== 'up') return view.detail.split('\n')[0] ?? ''
  return view.endpoints.map((endpoint) => endpoint.url.replace(/^(kafka|tcp|http):\/\//, '')).join('  ')
}
