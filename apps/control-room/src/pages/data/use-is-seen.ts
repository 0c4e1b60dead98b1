import { useEffect, useState, type RefObject } from 'react'

/** Cells just outside are followed already, so that scrolling does not show empty ones. */
const rootMargin = '160px'

/** False while an element is outside of what is shown, or its page is hidden. */
export function useIsSeen(element: RefObject<Element | null>): boolean {
  const [isWithin, setWithin] = useState(true)
  const [isPageSeen, setPageSeen] = useState(() => document.visibilityState !== 'hidden')
  useEffect(() => {
    const { current } = element
    if (current === null) return undefined
    const observer = new IntersectionObserver(
      (entries) => setWithin(entries.at(-1)?.isIntersecting ?? true),
      { rootMargin },
    )
    observer.observe(current)
    return () => observer.disconnect()
  }, [element])
  useEffect(() => {
    const onChange = (): void => setPageSeen(document.visibilityState !== 'hidden')
    document.addEventListener('visibilitychange', onChange)
    return () => document.removeEventListener('visibilitychange', onChange)
  }, [])
  return isWithin && isPageSeen
}
