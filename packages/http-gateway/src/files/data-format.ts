import { valuesToJson, type TypedNumbers, type Values } from '@beamtime/hdf5'
import { badRequest } from '../error.ts'
import { tiffFile } from './tiff-file.ts'

/* Forms of GET /h5/data, as the h5grove server has them. */

export const dataFormats = ['json', 'bin', 'npy', 'csv', 'tiff'] as const
export type DataFormat = (typeof dataFormats)[number]

export interface EncodedData {
  readonly contentType: string
  readonly body: Buffer | string
  /** For a download; null when it is shown. */
  readonly extension: string | null
}

/** Values in the form that was asked for. Throws 400 when they have no such form. */
export function encodeData(
  values: Values,
  { format, flatten }: { readonly format: DataFormat; readonly flatten: boolean },
): EncodedData {
  switch (format) {
    case 'json':
      return { contentType: 'application/json', body: valuesToJson(values, { flatten }), extension: null }
    case 'bin':
      return { contentType: 'application/octet-stream', body: bytesOf(values), extension: null }
    case 'npy':
      return { contentType: 'application/x-npy', body: npyFile(numbersOf(values, format)), extension: 'npy' }
    case 'csv':
      return { contentType: 'text/csv; charset=utf-8', body: csvText(values), extension: 'csv' }
    case 'tiff':
      return { contentType: 'image/tiff', body: tiffFile(numbersOf(values, format)), extension: 'tiff' }
  }
}

type Numbers = Extract<Values, { kind: 'numbers' }>

function numbersOf(values: Values, format: string): Numbers {
  if (values.kind === 'numbers') return values
  throw badRequest(`Only numbers can be written as ${format}`, 'Ask for format=json.')
}

function bytesOf(values: Values): Buffer {
  switch (values.kind) {
    case 'empty':
      return Buffer.alloc(0)
    case 'bytes':
    case 'numbers':
      return asBuffer(values.data)
    case 'values':
      throw badRequest('Only numbers and opaque values have a binary form', 'Ask for format=json.')
  }
}

export function asBuffer(data: Uint8Array | TypedNumbers): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
}

/** NumPy's name of an element, little endian as every machine that runs this. */
function numpyType(data: TypedNumbers): string {
  const size = data.BYTES_PER_ELEMENT
  if (data instanceof Float32Array || data instanceof Float64Array) return `<f${size}`
  const isUnsigned =
    data instanceof Uint8Array ||
    data instanceof Uint16Array ||
    data instanceof Uint32Array ||
    data instanceof BigUint64Array
  return `${size === 1 ? '|' : '<'}${isUnsigned ? 'u' : 'i'}${size}`
}

/* NPY 1.0: "\x93NUMPY" 1 0, u16 length of the header, a Python dictionary padded with spaces to 64 bytes, the data.
 * Source: numpy.lib.format. */
function npyFile({ shape, data }: Numbers): Buffer {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const dictionary = `{'descr': '${numpyType(data)}', 'fortran_order': False, 'shape': ${tuple}, }`
  const length = Math.ceil((10 + dictionary.length + 1) / 64) * 64
  const header = Buffer.alloc(length, 0x20)
  header.write('\u0093NUMPY\u0001\u0000', 0, 'latin1')
  header.writeUInt16LE(length - 10, 8)
  header.write(dictionary, 10, 'latin1')
  header.write('\n', length - 1, 'latin1')
  return Buffer.concat([header, asBuffer(data)])
}

const maxCsvElements = 10_000_000

function csvText(values: Values): string {
  if (values.kind === 'empty') return ''
  if (values.kind === 'bytes' || values.shape.length > 2)
    throw badRequest(
      'A table has one or two dimensions',
      'Select one or two dimensions, e.g. selection=0,:,:',
    )
  const items = Array.from(values.data as Iterable<unknown>)
  if (items.length > maxCsvElements)
    throw badRequest('The selection is too large for a table', 'Select less, or ask for format=npy.')
  const columns = values.shape.length === 2 ? (values.shape[1] ?? 1) : 1
  const lines: string[] = []
  for (let at = 0; at < items.length; at += Math.max(1, columns))
    lines.push(
      items
        .slice(at, at + Math.max(1, columns))
        .map(cell)
        .join(','),
    )
  return `${lines.join('\r\n')}\r\n`
}

function cell(value: unknown): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value as number)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
