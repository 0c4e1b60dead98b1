/* Compares what Python Bluesky recorded (JSON lines from record.py on standard input) with our engine, case by case.
 * Left out: uids and group names (numbered by first appearance), times, versions, integer/number of dtype, the order in
 * which motors are staged (a Python set), and what the decisions in the README name. */

import { createInterface } from 'node:readline'
import { runOurCase } from './our-cases.ts'
import type { Recording } from './recorder.ts'

interface PythonCase extends Recording {
  readonly case: string
}

const uid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/
const dropped = new Set(['time', 'timestamps', 'versions', 'resource_path', 'root'])

/** Reasons that the cases themselves or the contract fix; any other failure has a text of its own. */
const fixedReasons = new Set(['', 'boom', "'nonsense'", 'because'])

/** Differences that are meant; the text says why. */
const meant: Readonly<Record<string, string>> = {
  'interruptions are recorded': 'we do not take back the number of interruptions at a rewind',
}

function normalised(recording: Recording): unknown {
  const uids = new Map<string, string>()
  const numbered = (text: string): string => {
    const found = uid.exec(text)
    if (found === null) return reprText(text)
    const number = uids.get(found[0]) ?? `uid${uids.size + 1}`
    uids.set(found[0], number)
    return text.replace(found[0], number)
  }
  const walk = (value: unknown, key: string): unknown => {
    if (key === 'reason' && !fixedReasons.has(String(value))) return '(own words)'
    if (typeof value === 'string') return key === 'dtype' && value === 'integer' ? 'number' : numbered(value)
    if (Array.isArray(value)) {
      const items = value.map((item) => walk(item, ''))
      return key === 'motors' ? items.map(String).toSorted() : items
    }
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value).filter(([name]) => !dropped.has(name) && !isOwnName(value, name))
    // Uids are numbered in the order of keys, so the keys must stand in one order.
    entries.sort(([a], [b]) => (a < b ? -1 : 1))
    return Object.fromEntries(entries.map(([name, item]) => [name, walk(item, name)]))
  }
  return {
    documents: walk(recording.documents, ''),
    messages: sortedStaging(recording.messages),
    states: recording.states,
    error: recording.error,
  }
}

/** Only the devices of scans are compared by their whole text; of others the class is enough. */
function reprText(text: string): string {
  const [, className] = /^(\w+)\(.*name=/.exec(text) ?? []
  if (className === undefined || /^Syn(Axis|Gauss|2DGauss)$/.test(className)) return text
  if (/^<function .*step at 0x/.test(text)) return '<function step>'
  return className
}

/** Names that Python takes from a generator function or a list: a JavaScript generator does not know its function. */
function isOwnName(doc: object, key: string): boolean {
  if (key === 'plan_type') return true
  return key === 'plan_name' && /^(plan|outer|\w*_wrapper|)$/.test(String(Reflect.get(doc, key)))
}

function sortedStaging(messages: Recording['messages']): readonly unknown[] {
  const sorted: unknown[] = []
  for (let i = 0; i < messages.length;) {
    const [command] = messages[i] ?? ['']
    let end = i + 1
    while ((command === 'stage' || command === 'unstage') && messages[end]?.[0] === command) end += 1
    sorted.push(...messages.slice(i, end).toSorted(([, a], [, b]) => (String(a) < String(b) ? -1 : 1)))
    i = end
  }
  return sorted
}

/** The first difference as a path and both values, or null. Numbers may differ in the last bits. */
function difference(ours: unknown, theirs: unknown, path: string): string | null {
  if (typeof ours === 'number' && typeof theirs === 'number') {
    const close = Math.abs(ours - theirs) <= 1e-12 * Math.max(1, Math.abs(theirs))
    return close ? null : `${path}: ours ${ours}, theirs ${theirs}`
  }
  if (/<function/.test(String(ours)) && /<function/.test(String(theirs))) return null
  if (typeof ours !== 'object' || typeof theirs !== 'object' || ours === null || theirs === null) {
    return ours === theirs ? null : `${path}: ours ${JSON.stringify(ours)}, theirs ${JSON.stringify(theirs)}`
  }
  for (const key of new Set([...Object.keys(theirs), ...Object.keys(ours)])) {
    const found = difference(Reflect.get(ours, key), Reflect.get(theirs, key), `${path}/${key}`)
    if (found !== null) return found
  }
  return null
}

const say = (line: string): boolean => process.stdout.write(`${line}\n`)

let passed = 0
let failed = 0
for await (const line of createInterface({ input: process.stdin })) {
  const theirs = JSON.parse(line) as PythonCase
  const ours = await runOurCase(theirs.case)
  const found =
    ours === null ? 'we have no such case' : difference(normalised(ours), normalised(theirs), theirs.case)
  if (found === null) {
    passed += 1
    say(`ok    ${theirs.case}`)
  } else if (meant[theirs.case] !== undefined) {
    passed += 1
    say(`ok    ${theirs.case} (differs as meant: ${meant[theirs.case]})`)
  } else {
    failed += 1
    say(`FAIL  ${found}`)
  }
}
say(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
