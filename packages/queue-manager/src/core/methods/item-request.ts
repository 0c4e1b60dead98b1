import { pyRepr, pyTypeName } from '@beamtime/python-notation'
import type { Manager } from '../manager.ts'
import { isPlainObject, type PlainObject } from '../plain-object.ts'
import { asText } from '../positions.ts'
import { Refusal } from '../refusal.ts'

const prefix = 'Incorrect request format: '

export type ItemTypes = readonly ['plan', 'instruction'] | readonly ['function']

/** The item of a request. Throws Refusal. */
export function requestedItem(params: PlainObject, types: ItemTypes): PlainObject {
  if (!Object.hasOwn(params, 'item')) throw new Refusal(`${prefix}request contains no item info`)
  return checkedItem(params['item'], types)
}

/** Form of an item; its content is checked later. Throws Refusal. */
export function checkedItem(item: unknown, types: ItemTypes): PlainObject {
  if (!isPlainObject(item)) {
    throw new Refusal(
      `${prefix}incorrect type ('${pyTypeName(item)}') of item parameter: item parameter must have type 'dict'`,
    )
  }
  const type = item['item_type']
  if (type === undefined || type === null) throw new Refusal(`${prefix}'item_type' key is not found`)
  if (!types.some((known) => known === type)) {
    const supported =
      types.length === 1 ? `('${types[0]}',)` : `(${types.map((name) => pyRepr(name)).join(', ')})`
    throw new Refusal(
      `${prefix}unsupported 'item_type' value: '${asText(type)}', supported item types ${supported}`,
    )
  }
  return item
}

/** Where submissions are reviewed, nothing enters the queue unseen. Throws Refusal. */
export function requireNoReview(m: Manager): void {
  if (m.settings.proposals) {
    throw new Refusal("Submissions wait for approval here: propose the item with 'queue_proposal_add'")
  }
}

export interface RequestOwner {
  readonly user: unknown
  readonly userGroup: string
}

/** Who asks. Throws Refusal. */
export function requestOwner(m: Manager, params: PlainObject): RequestOwner {
  const userGroup = requestGroup(m, params, () => {
    if (!Object.hasOwn(params, 'user')) throw new Refusal(`${prefix}user name is not specified`)
  })
  return { user: params['user'], userGroup }
}

/** The user group of a request; `between` runs after its presence and before its existence is checked. */
export function requestGroup(m: Manager, params: PlainObject, between: () => void = () => undefined): string {
  if (!Object.hasOwn(params, 'user_group')) throw new Refusal(`${prefix}user group is not specified`)
  between()
  const group = params['user_group']
  if (typeof group !== 'string' || !Object.hasOwn(m.allowed.plans, group)) {
    throw new Refusal(`Unknown user group: '${asText(group)}'`)
  }
  return group
}

/** What a refusal sends back: the item as it came, null when there was none. */
export function submittedAsIs(params: PlainObject): unknown {
  return params['item'] ?? null
}
