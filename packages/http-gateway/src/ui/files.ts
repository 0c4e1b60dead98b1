/** GET /api/files?limit= ; newest first. */
export interface FileEntry {
  /** What the routes under /api/h5 take as `file`. */
  readonly file: string
  /** Below its folder. */
  readonly name: string
  readonly bytes: number
  /** Unix ms of the last change. */
  readonly t: number
}

export interface FilesAnswer {
  readonly files: readonly FileEntry[]
  readonly roots: readonly string[]
}
