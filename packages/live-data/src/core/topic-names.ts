/** Topics of the processed side; the same with and without `--dev`. */
export function liveDataTopics(instrument: string): {
  readonly data: string
  readonly roi: string
  readonly commands: string
  readonly responses: string
  readonly heartbeat: string
  readonly nicos: string
} {
  const name = (part: string): string => `${instrument}_livedata_${part}`
  return {
    data: name('data'),
    roi: name('roi'),
    commands: name('commands'),
    responses: name('responses'),
    heartbeat: name('heartbeat'),
    nicos: name('nicos_data'),
  }
}
