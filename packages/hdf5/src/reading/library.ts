import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Dataset, Datatype, ExternalLink, File, BrokenSoftLink, Group, ready } from 'h5wasm/node'
import { Hdf5Error } from '../error.ts'
import { elementType, hasPointers } from './element-type.ts'
import { decodeElements, tooLarge, type Heap } from './element-values.ts'
import type { AttributeInfo, Child, DatasetInfo, Entity, Values } from './entity.ts'
import { OpenFiles } from './open-files.ts'
import { resolveSelection, type ArraySelection } from './selection.ts'

/* The HDF5 library in this thread. Everything here blocks: it belongs into a thread of its own (reader-thread.ts). */

/** Folder of the decompression filters. */
export const pluginFolder = join(dirname(createRequire(import.meta.url).resolve('h5wasm-plugins')), 'plugins')

const module_ = await ready
module_.insert_plugin_search_path(pluginFolder, 0)
// Errors of the library are thrown with its own words instead of printed.
module_.activate_throwing_error_handler()

const mostChildren = 100_000
const mostPaths = 200_000

type FileObject = Group | Dataset | Datatype

export class Library {
  private readonly maxBytes: number
  private readonly files: OpenFiles

  constructor(options: { readonly maxBytes: number; readonly maxOpenFiles: number }) {
    this.maxBytes = options.maxBytes
    this.files = new OpenFiles({ limit: options.maxOpenFiles, open: openFile })
  }

  entity(file: string, path: string): Entity {
    const open = this.files.get(file, Date.now())
    const object = open.get(path)
    const name = path === '/' ? '/' : (path.split('/').at(-1) ?? path)
    if (object instanceof Dataset) return this.dataset(object, name)
    if (object instanceof Datatype)
      return {
        kind: 'datatype',
        name,
        type: elementType(object.metadata),
        attributes: attributesOf(open, path),
      }
    if (object instanceof Group) {
      const keys = object.keys()
      if (keys.length > mostChildren) throw tooLarge(`${path} has ${keys.length} children`)
      return {
        kind: 'group',
        name,
        children: keys.map((key) => childOf(object, key)),
        attributes: attributesOf(open, path),
      }
    }
    if (object instanceof BrokenSoftLink) return { kind: 'soft_link', name, target_path: object.target }
    if (object instanceof ExternalLink)
      return {
        kind: 'external_link',
        name,
        target_file: object.filename,
        target_path: object.obj_path,
      }
    throw unknownPath(file, path)
  }

  /** Values of an object's attributes, all of them without `names`. */
  attributes(file: string, path: string, names?: readonly string[]): Record<string, Values> {
    const { open, object } = this.objectAt(file, path)
    const there = module_.get_attribute_names(open.file_id, object.path)
    const wanted = names ?? there
    let left = this.maxBytes
    const entries: [string, Values][] = []
    for (const name of wanted) {
      if (!there.includes(name)) throw unknownPath(file, `${path}@${name}`)
      const metadata = module_.get_attribute_metadata(open.file_id, object.path, name)
      const bytes = metadata.size * metadata.total_size
      left -= bytes
      if (left < 0) throw tooLarge(`the attributes of ${path} are larger than ${this.maxBytes} bytes`)
      if (metadata.shape === null) {
        entries.push([name, { kind: 'empty', shape: null }])
        continue
      }
      const { shape } = metadata
      const fill = (at: number): void => {
        module_.get_attribute_data(open.file_id, object.path, name, BigInt(at))
      }
      const decode = (heap: Heap, at: number): Values =>
        decodeElements(heap, metadata, { at, count: metadata.total_size, shape })
      const reclaim = hasPointers(metadata)
        ? (at: number): void => {
            module_.reclaim_vlen_memory(open.file_id, object.path, name, BigInt(at))
          }
        : undefined
      entries.push([name, this.inHeap(bytes, { fill, decode, reclaim })])
    }
    return Object.fromEntries(entries)
  }

  /** Elements of a dataset. `maxBytes` bounds the answer. */
  read(file: string, path: string, selection?: ArraySelection): Values {
    const { open, object } = this.objectAt(file, path)
    if (!(object instanceof Dataset)) throw unknownPath(file, path)
    const { metadata } = object
    if (metadata.shape === null) return { kind: 'empty', shape: null }
    const { start, count, step, shape, elements } = resolveSelection(metadata.shape, selection)
    const bytes = elements * metadata.size
    if (bytes > this.maxBytes)
      throw tooLarge(`${path}: ${bytes} bytes are selected, at most ${this.maxBytes} are read at once`)
    // A scalar knows no selection.
    const big = (numbers: readonly number[]): bigint[] | null =>
      numbers.length === 0 ? null : numbers.map(BigInt)
    const fill = (at: number): void => {
      if (elements > 0)
        module_.get_dataset_data(open.file_id, object.path, big(count), big(start), big(step), BigInt(at))
    }
    const decode = (heap: Heap, at: number): Values =>
      decodeElements(heap, metadata, { at, count: elements, shape })
    const reclaim =
      elements > 0 && hasPointers(metadata)
        ? (at: number): void => {
            module_.reclaim_vlen_memory_count(open.file_id, object.path, '', BigInt(at), count.map(BigInt))
          }
        : undefined
    try {
      return this.inHeap(bytes, { fill, decode, reclaim })
    } catch (error) {
      // What was open may be older than the file: the next request opens it anew.
      this.files.drop(file)
      throw error
    }
  }

  paths(file: string): string[] {
    const open = this.files.get(file, Date.now())
    const names = module_.get_names(open.file_id, '/', true)
    if (names.length > mostPaths) throw tooLarge(`${file} has ${names.length} objects`)
    return ['/', ...names.map((name) => (name.startsWith('/') ? name : `/${name}`))]
  }

  close(): void {
    this.files.close()
  }

  private dataset(object: Dataset, name: string): DatasetInfo {
    const { metadata } = object
    const filters = object.filters.map(({ id, name: filter }) => ({ id, name: filter }))
    const sources = metadata.virtual_sources
    return {
      kind: 'dataset',
      name,
      shape: metadata.shape,
      maxShape: metadata.maxshape,
      type: elementType(metadata),
      chunks: metadata.chunks,
      filters: filters.length === 0 ? null : filters,
      ...(sources === undefined
        ? {}
        : { virtualSources: sources.map(({ file_name: file, dset_name: dataset }) => ({ file, dataset })) }),
      attributes: attributesOf(object, object.path),
    }
  }

  private objectAt(file: string, path: string): { readonly open: File; readonly object: FileObject } {
    const open = this.files.get(file, Date.now())
    const object = open.get(path)
    if (object instanceof Dataset || object instanceof Datatype || object instanceof Group)
      return { open, object }
    throw unknownPath(file, path)
  }

  private inHeap(
    bytes: number,
    work: {
      readonly fill: (at: number) => void
      readonly decode: (heap: Heap, at: number) => Values
      readonly reclaim: ((at: number) => void) | undefined
    },
  ): Values {
    const at = module_._malloc(Math.max(8, bytes))
    if (at === 0) throw tooLarge(`${bytes} bytes do not fit the library's memory`)
    let isFilled = false
    try {
      work.fill(at)
      isFilled = true
      const heap = module_.HEAPU8
      const view = new DataView(heap.buffer, heap.byteOffset, heap.byteLength)
      return work.decode({ bytes: heap, view, left: this.maxBytes }, at)
    } finally {
      if (isFilled) work.reclaim?.(at)
      module_._free(at)
    }
  }
}

function openFile(path: string): File {
  const file = new File(path, 'r')
  if (file.file_id <= 0n) throw new Error('the library refuses it')
  return file
}

function attributesOf(object: { readonly file_id: bigint }, path: string): AttributeInfo[] {
  return module_.get_attribute_names(object.file_id, path).map((name: string) => {
    const metadata = module_.get_attribute_metadata(object.file_id, path, name)
    return { name, shape: metadata.shape, type: elementType(metadata) }
  })
}

function childOf(group: Group, name: string): Child {
  const child = group.get(name)
  if (child instanceof BrokenSoftLink) return { name, kind: 'soft_link', target_path: child.target }
  if (child instanceof ExternalLink)
    return { name, kind: 'external_link', target_file: child.filename, target_path: child.obj_path }
  if (child instanceof Dataset) return { name, kind: 'dataset' }
  if (child instanceof Datatype) return { name, kind: 'datatype' }
  return { name, kind: 'group' }
}

function unknownPath(file: string, path: string): Hdf5Error {
  return new Hdf5Error({
    code: 'HDF5_PATH_UNKNOWN',
    message: `${path} is not in ${file}, or not what was asked for`,
    fault: 'caller',
    remedy: 'Look at the children of the group above.',
  })
}
