import type { ReactElement } from 'react'
import { useSession } from '../../app/use-control-room.ts'
import { Facts } from '../../parts/facts.tsx'
import { Panel } from '../../parts/panel.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { stateNames } from '../../theme/tokens.ts'
import { t } from '../../text/text.ts'

const l = t.help.list
const anywhere: readonly (readonly [string, string])[] = [
  ['Ctrl K', l.palette],
  ['g  then  q l r d v s f c o', l.go],
  ['/', l.filter],
  ['`', l.console],
  ['?', l.help],
  ['Esc', l.close],
  ['l', l.log],
  ['f', l.follow],
]
const detectors: readonly (readonly [string, string])[] = [
  ['l', l.scale],
  ['a', l.limits],
  ['p', l.pause],
  [', .', l.step],
  ['f', l.fit],
  ['1', l.oneToOne],
  ['r e n y b v', l.tools],
  ['m', l.mask],
  ['[ ] Ctrl+Z Ctrl+Shift+Z', l.paint],
  ['← ↑ → ↓', l.region],
  ['Ctrl S Ctrl C', l.picture],
]
const tables: readonly (readonly [string, string])[] = [
  ['↑ ↓ Home End', l.move],
  ['Space', l.select],
  ['Enter', l.open],
  ['Shift F10', l.menu],
  ['Alt ↑ ↓', l.reorder],
  ['Ctrl D', l.duplicate],
  ['Delete', l.delete],
  ['Ctrl Z', l.undo],
]

/** Keys, signs and what this installation is. */
export function HelpPage(): ReactElement {
  const bootstrap = useSession((session) => session.bootstrap)
  return (
    <div className="page" style={{ overflowY: 'auto' }} tabIndex={0}>
      <div className="page-bar">
        <h1>{t.help.title}</h1>
      </div>
      <div className="help-columns">
        <Panel title={`${t.help.keys}: ${t.help.anywhere}`}>
          <KeyList list={anywhere} />
          <p className="small muted" style={{ marginTop: 12 }}>
            {t.help.keysNote}
          </p>
        </Panel>
        <Panel title={`${t.help.keys}: ${t.help.tables}`}>
          <KeyList list={tables} />
        </Panel>
        <Panel title={`${t.help.keys}: ${t.nav.detectors}`}>
          <KeyList list={detectors} />
        </Panel>
        <Panel title={t.help.states}>
          <Facts
            list={stateNames.map((state) => ({
              name: t.help[state],
              value: <StateChip state={state} word={t.help[state].split(',')[0] ?? ''} />,
            }))}
          />
        </Panel>
        <Panel title={t.help.about}>
          <Facts
            list={[
              { name: t.help.facility, value: bootstrap?.facility.name ?? '–' },
              { name: t.help.version, value: bootstrap?.version ?? '–' },
              { name: t.help.build, value: bootstrap?.build ?? '–' },
              { name: t.help.zone, value: bootstrap?.zone ?? '–' },
              { name: t.help.user, value: bootstrap?.user?.label ?? '–' },
              { name: t.help.rights, value: bootstrap?.scopes.join(', ') ?? '–' },
            ]}
          />
        </Panel>
      </div>
    </div>
  )
}

function KeyList({ list }: { list: readonly (readonly [string, string])[] }): ReactElement {
  return (
    <dl className="key-list">
      {list.map(([keys, meaning]) => (
        <div key={keys}>
          <dt>
            {keys.split(/\s+/).map((key) => (
              <span key={key} className={key === 'then' ? 'small muted' : 'kbd'}>
                {key}
              </span>
            ))}
          </dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
  )
}
