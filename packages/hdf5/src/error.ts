export type Hdf5ErrorCode =
  | 'HDF5_FILE_EXISTS'
  | 'HDF5_PATH_UNKNOWN'
  | 'HDF5_SHAPE_WRONG'
  | 'HDF5_FRAME_OUT_OF_RANGE'
  | 'HDF5_WRITE_FAILED'
  | 'HDF5_CHUNK_CORRUPT'
  | 'HDF5_FILE_UNREADABLE'
  | 'HDF5_OUTSIDE_ROOTS'
  | 'HDF5_SELECTION_WRONG'
  | 'HDF5_TOO_LARGE'
  | 'HDF5_TYPE_UNSUPPORTED'
  | 'HDF5_READ_FAILED'
  | 'HDF5_READER_STOPPED'

/** Everything this package throws. Codes and remedies: README, "Errors". */
export class Hdf5Error extends Error {
  override readonly name = 'Hdf5Error'
  readonly code: Hdf5ErrorCode
  readonly fault: 'caller' | 'peer' | 'environment'
  readonly remedy: string
  readonly canRetry: boolean

  constructor(f: {
    readonly code: Hdf5ErrorCode
    readonly message: string
    readonly fault: Hdf5Error['fault']
    readonly remedy: string
    readonly canRetry?: boolean
    readonly cause?: unknown
  }) {
    super(`${f.code}: ${f.message}`, { cause: f.cause })
    this.code = f.code
    this.fault = f.fault
    this.remedy = f.remedy
    this.canRetry = f.canRetry ?? false
  }
}
