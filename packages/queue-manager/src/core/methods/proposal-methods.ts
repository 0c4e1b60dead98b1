import { pyRepr, pyTypeName } from '@beamtime/python-notation'
import { submittedItem, withUid } from '../item.ts'
import type { Manager } from '../manager.ts'
import type { MethodTable } from '../method.ts'
import type { PlainObject } from '../plain-object.ts'
import type { Proposal } from '../proposal.ts'
import { Refusal } from '../refusal.ts'
import { requireValid } from './item-methods.ts'
import { requestedItem, requestOwner, submittedAsIs } from './item-request.ts'

/** Beyond this many somebody has to decide first. */
const maxProposals = 1000

/** Reviewed submissions: an item is proposed, and enters the queue when somebody approves it. */
export const proposalMethods: MethodTable = {
  queue_proposal_add: {
    params: ['item', 'user', 'user_group', 'note'],
    prefix: 'Failed to add a proposal: ',
    onFailure: (_m, params) => ({ proposal: null, item: submittedAsIs(params) }),
    handle: ({ m, params }) => {
      const item = requestedItem(params, ['plan', 'instruction'])
      const { user, userGroup } = requestOwner(m, params)
      const { note = null } = params
      if (note !== null && typeof note !== 'string') {
        throw new Refusal(`Note must be a string or None: note = ${pyRepr(note)}`)
      }
      requireValid(m, item, userGroup)
      if (m.proposals.length >= maxProposals) {
        throw new Refusal(`${maxProposals} proposals wait already: approve or refuse some of them first`)
      }
      const { item_uid: _uid, ...kept } = submittedItem(item, { user, user_group: userGroup, item_uid: '' })
      const proposal: Proposal = {
        proposal_uid: m.ports.newUid(),
        item: kept,
        user,
        user_group: userGroup,
        note,
        time: m.ports.nowS(),
      }
      keep(m, [...m.proposals, proposal])
      return { proposal }
    },
  },
  queue_proposal_list: {
    params: [],
    prefix: 'Error: ',
    onFailure: () => ({ proposals: [] }),
    handle: ({ m }) => ({ proposals: m.proposals }),
  },
  queue_proposal_approve: {
    params: ['proposal_uid', 'pos', 'before_uid', 'after_uid'],
    lock: 'queue',
    prefix: 'Failed to approve the proposal: ',
    onFailure: () => ({ item: null, qsize: null }),
    handle: ({ m, params }) => {
      const proposal = requested(m, params)
      // Lists and permissions may have changed since it was made.
      requireValid(m, proposal.item, proposal.user_group)
      const item = withUid({ ...proposal.item, item_uid: '' }, m.ports.newUid())
      m.queue.insert(m.queue.placementIndex(params), [item])
      m.renew('plan_queue_uid')
      keep(m, without(m, proposal))
      return { item, qsize: m.queue.size }
    },
  },
  queue_proposal_refuse: {
    params: ['proposal_uid'],
    lock: 'queue',
    prefix: 'Failed to refuse the proposal: ',
    onFailure: () => ({ proposal: null }),
    handle: ({ m, params }) => {
      const proposal = requested(m, params)
      keep(m, without(m, proposal))
      return { proposal }
    },
  },
}

function keep(m: Manager, proposals: readonly Proposal[]): void {
  m.proposals = proposals
  m.store('proposals', proposals)
}

function without(m: Manager, proposal: Proposal): readonly Proposal[] {
  return m.proposals.filter((other) => other !== proposal)
}

function requested(m: Manager, params: PlainObject): Proposal {
  const uid = params['proposal_uid']
  if (typeof uid !== 'string') {
    throw new Refusal(`'proposal_uid' must be a string: type(proposal_uid)=${pyTypeName(uid ?? null)}`)
  }
  const proposal = m.proposals.find((one) => one.proposal_uid === uid)
  if (proposal === undefined) throw new Refusal(`There is no proposal with UID '${uid}'.`)
  return proposal
}
