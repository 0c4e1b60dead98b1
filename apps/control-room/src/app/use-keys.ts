import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useControlRoom } from './use-control-room.ts'

const goKeys = {
  q: '/queue',
  l: '/live',
  r: '/runs',
  c: '/console',
  o: '/services',
  s: '/streams',
  d: '/detectors',
  v: '/data',
  f: '/files',
} as const

/** Keys that hold on every page. Typing in a field is never disturbed, and no key acts on hardware. */
export function useKeys(): void {
  const navigate = useNavigate()
  const { prefs } = useControlRoom()
  useEffect(() => {
    let isGoing = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target))
        return
      if (!prefs.getState().letterKeys) return
      const target = goKeys[event.key as keyof typeof goKeys]
      if (isGoing && target !== undefined) void navigate({ to: target })
      else if (event.key === '?') void navigate({ to: '/help' })
      else if (event.key === '`') prefs.setState({ isConsoleOpen: !prefs.getState().isConsoleOpen })
      else if (event.key === '/') focusFilter()
      else if (event.key === 'g') {
        isGoing = true
        clearTimeout(timer)
        timer = setTimeout(() => {
          isGoing = false
        }, 1_000)
        return
      } else return
      isGoing = false
      event.preventDefault()
    }
    window.addEventListener('keydown', onKey)
    return () => {
      clearTimeout(timer)
      window.removeEventListener('keydown', onKey)
    }
  }, [navigate, prefs])
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button'].includes(target.type)
  return target instanceof HTMLTextAreaElement || target.isContentEditable
}

function focusFilter(): void {
  document.querySelector<HTMLInputElement>('[data-page-filter]')?.focus()
}
