/** Writes one line to standard output. */
export function printLine(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Indented on a terminal, one line otherwise, so that a pipe reads it line by line. */
export function printJson(value: unknown): void {
  printLine(JSON.stringify(value, bigintAsText, process.stdout.isTTY ? 2 : undefined))
}

/** One line, wherever it goes: streams of values. */
export function printJsonLine(value: unknown): void {
  printLine(JSON.stringify(value, bigintAsText))
}

function bigintAsText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

/** Rows under their headers, columns as wide as their longest cell; empty last columns are not padded. */
export function printTable(headers: readonly string[], rows: readonly (readonly string[])[]): void {
  for (const line of tableLines(headers, rows)) printLine(line)
}

function tableLines(headers: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const all = [headers, ...rows].map((row) => row.map(oneLine))
  const widths = headers.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** Cells hold what others wrote: control characters would draw on the terminal. */
function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are what must go
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
}

/** `3 d 4 h`, `2 h 5 min`, `41 s`, `0.8 s`. */
export function durationText(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 120) return `${Math.round(seconds)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 120) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** `812 kB`, `64.2 MB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000
    unit++
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}
