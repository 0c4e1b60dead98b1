import { IconChevronDown, IconChevronRight, IconFolder, IconLink, IconTable } from '@tabler/icons-react'
import { useState, type ReactElement } from 'react'
import { Failed } from '../../parts/stateful.tsx'
import type { H5Child } from './h5-types.ts'
import { useEntity } from './use-h5.ts'

export interface FileTreeProps {
  readonly file: string
  readonly chosen: string
  readonly isGrowing: boolean
  readonly onChoose: (path: string) => void
}

/** Groups and datasets of a file; children are asked for when a group is opened. */
export function FileTree(props: FileTreeProps): ReactElement {
  return (
    <ul className="file-tree" role="tree">
      <TreeGroup {...props} path="/" name="/" depth={0} isOpenFirst />
    </ul>
  )
}

interface TreeNodeProps extends FileTreeProps {
  readonly path: string
  readonly name: string
  readonly depth: number
}

function TreeGroup(props: TreeNodeProps & { readonly isOpenFirst?: boolean }): ReactElement {
  const { file, path, name, depth, chosen, isGrowing, onChoose } = props
  const [isOpen, setOpen] = useState(props.isOpenFirst === true || chosen.startsWith(path))
  const Chevron = isOpen ? IconChevronDown : IconChevronRight
  return (
    <li role="treeitem" aria-expanded={isOpen} aria-selected={chosen === path}>
      <button
        type="button"
        className={`tree-row${chosen === path ? ' chosen' : ''}`}
        style={{ paddingLeft: 8 + depth * 14 }}
        onClick={() => {
          setOpen(chosen === path ? !isOpen : true)
          onChoose(path)
        }}
      >
        <Chevron size={14} aria-hidden />
        <IconFolder size={16} stroke={1.75} aria-hidden />
        <span className="ellipsis">{name}</span>
      </button>
      {isOpen ? (
        <TreeChildren {...{ file, path, depth: depth + 1, chosen, isGrowing, onChoose, name }} />
      ) : null}
    </li>
  )
}

function TreeChildren(props: TreeNodeProps): ReactElement | null {
  const { file, path, isGrowing } = props
  const found = useEntity(file, path, isGrowing)
  // That the file itself cannot be read is said beside the tree.
  if (found.error !== null) return path === '/' ? null : <Failed error={found.error} />
  if (found.data?.kind !== 'group') return null
  return (
    <ul role="group">
      {found.data.children.map((child) => (
        <TreeChild
          key={child.name}
          {...props}
          child={child}
          path={path === '/' ? `/${child.name}` : `${path}/${child.name}`}
          name={child.name}
        />
      ))}
    </ul>
  )
}

function TreeChild(props: TreeNodeProps & { readonly child: H5Child }): ReactElement {
  const { child, path, name, depth, chosen, onChoose } = props
  if (child.kind === 'group') return <TreeGroup {...props} />
  const Icon = child.kind === 'dataset' ? IconTable : IconLink
  return (
    <li role="treeitem" aria-selected={chosen === path}>
      <button
        type="button"
        className={`tree-row${chosen === path ? ' chosen' : ''}`}
        style={{ paddingLeft: 24 + depth * 14 }}
        onClick={() => onChoose(path)}
      >
        <Icon size={16} stroke={1.75} aria-hidden />
        <span className="ellipsis">{name}</span>
      </button>
    </li>
  )
}
