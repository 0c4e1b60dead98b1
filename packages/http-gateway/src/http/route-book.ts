import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** Knows every route, to tell a wrong method (405) and a wrong slash (307) from an unknown path (404). */
export interface RouteBook {
  /** Methods of the route that a path matches; empty when there is none. */
  methodsOf(path: string): readonly string[]
}

export function keepRouteBook(app: FastifyInstance): RouteBook {
  const exact = new Map<string, Set<string>>()
  const patterns: { readonly pattern: RegExp; readonly methods: Set<string> }[] = []
  app.addHook('onRoute', (route) => {
    const methods = Array.isArray(route.method) ? route.method : [route.method]
    if (route.url.includes('*')) return
    if (route.url.includes(':')) {
      const source = route.url.replace(/[.]/g, '\\.').replace(/:[^/]+/g, '[^/]+')
      patterns.push({ pattern: new RegExp(`^${source}$`), methods: new Set(methods) })
      return
    }
    const known = exact.get(route.url) ?? new Set()
    for (const method of methods) known.add(method)
    exact.set(route.url, known)
  })
  return {
    methodsOf(path) {
      const known = [...(exact.get(path) ?? [])]
      for (const { pattern, methods } of patterns) if (pattern.test(path)) known.push(...methods)
      return [...new Set(known)]
    },
  }
}

/** Answers what no route takes. */
export function answerUnknown(book: RouteBook) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const [path = '/', query] = request.url.split('?', 2)
    const methods = book.methodsOf(path)
    if (methods.length > 0 && !methods.includes(request.method)) {
      await reply.code(405).header('Allow', methods.join(', ')).send({ detail: 'Method Not Allowed' })
      return
    }
    const other = path.endsWith('/') ? path.slice(0, -1) : `${path}/`
    if (path !== '/' && !path.startsWith('//') && book.methodsOf(other).length > 0) {
      await reply
        .code(307)
        .header('Location', query === undefined ? other : `${other}?${query}`)
        .send()
      return
    }
    await reply.code(404).send({ detail: 'Not Found' })
  }
}
