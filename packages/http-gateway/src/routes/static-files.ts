import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { DashboardPlace } from '../livedata/dashboard-listeners.ts'
import { contentSecurityPolicy } from '../http/security-headers.ts'

/** Pages of the control room. Everything else that is unknown stays a JSON 404, which a peer's tests check. */
const pages =
  /^\/(?:login|queue|console|live|runs|files|detectors|data|streams|services|admin|help|status-page)?(?:\/|$)/

export interface WebFiles {
  /** Changes with the files; browsers offer a reload. */
  readonly build: string
  /** Serves index.html if the request is for a page and false otherwise. */
  servePage(request: FastifyRequest, reply: FastifyReply): boolean
}

/** The dashboard whose port a request came to; undefined on the main port. */
export type PlaceOf = (request: IncomingMessage) => DashboardPlace | undefined

export interface WebFilesOptions {
  /** Folder of the built application; empty when it is not built. */
  readonly root: string
  readonly build: string
  readonly placeOf: PlaceOf
}

/** Serves the built web application: hashed files for ever, index.html never from a cache. */
export async function serveWebFiles(
  app: FastifyInstance,
  { root: webRoot, build, placeOf }: WebFilesOptions,
): Promise<WebFiles> {
  const isBuilt = webRoot !== '' && existsSync(webRoot)
  const index = indexFile(join(webRoot, 'index.html'), build)
  if (isBuilt)
    await app.register(fastifyStatic, {
      root: webRoot,
      index: false,
      wildcard: true,
      preCompressed: true,
      cacheControl: false,
      schemaHide: true,
      suppressWarning: true,
      allowedPath: (path) => !path.startsWith('/api') && !path.endsWith('/') && !path.endsWith('.map'),
      setHeaders(reply, path) {
        const isHashed = /[\\/]assets[\\/]/.test(path)
        void reply.header('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
        if (/\.html(\.br|\.gz)?$/.test(path)) void reply.header('Content-Security-Policy', index().policy)
      },
    })
  return {
    get build() {
      return index().build
    },
    servePage(request, reply) {
      const path = request.url.split('?', 1)[0] ?? '/'
      const wantsHtml = request.headers.accept?.includes('text/html') === true
      if ((request.method !== 'GET' && request.method !== 'HEAD') || !wantsHtml || !pages.test(path))
        return false
      if (!isBuilt || !index().exists) {
        void reply.code(503).type('text/plain; charset=utf-8').send(notBuilt)
        return true
      }
      const place = placeOf(request.raw)
      if (place === undefined) void reply.sendFile('index.html')
      else {
        const { policy, html } = index()
        void reply
          .header('Cache-Control', 'no-cache')
          .header('Content-Security-Policy', policy)
          .type('text/html; charset=utf-8')
          .send(html.replace('<title>', `${profileTag(place)}<title>`))
      }
      return true
    },
  }
}

function profileTag({ profile, instrument }: DashboardPlace): string {
  return `<meta name="app-profile" content="${profile}" data-instrument="${instrument}">`
}

const notBuilt = 'The web application is not built. Run: npm start (or npm run build -w apps/control-room)\n'

interface IndexFile {
  readonly exists: boolean
  readonly build: string
  readonly policy: string
  readonly html: string
}

/** Looks at index.html again when it changed, so that a new build is noticed without a restart. */
function indexFile(path: string, build: string): () => IndexFile {
  let seen: { readonly changedMs: number; readonly file: IndexFile } | null = null
  return () => {
    const changedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs
    if (changedMs === undefined) return { exists: false, build, policy: contentSecurityPolicy([]), html: '' }
    if (seen?.changedMs === changedMs) return seen.file
    const html = readFileSync(path, 'utf8')
    const digest = createHash('sha256').update(html).digest('hex').slice(0, 12)
    const policy = contentSecurityPolicy(inlineScripts(html))
    seen = { changedMs, file: { exists: true, build: `${build}-${digest}`, policy, html } }
    return seen.file
  }
}

/** Hashes of the scripts that stand in the page itself (the one that sets the theme before the first paint). */
function inlineScripts(html: string): readonly string[] {
  const scripts = html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)
  return [...scripts].map(([, text = '']) => `sha256-${createHash('sha256').update(text).digest('base64')}`)
}
