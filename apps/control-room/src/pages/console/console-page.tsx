import type { ReactElement } from 'react'
import { ConsolePanel } from '../../app/console-drawer.tsx'
import { Stateful } from '../../parts/stateful.tsx'
import { t } from '../../text/text.ts'

export function ConsolePage(): ReactElement {
  return (
    <Stateful scope="read:console">
      <div className="page" style={{ paddingTop: 12 }}>
        <h1 className="hidden-text">{t.console.title}</h1>
        <div className="page-content" style={{ flexDirection: 'column' }}>
          <ConsolePanel />
        </div>
      </div>
    </Stateful>
  )
}
