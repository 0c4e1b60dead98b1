/* The scopes and default roles of the Bluesky HTTP Server. Their number per role is checked by a peer's test suite. */

export const allScopes = [
  'admin:apikeys',
  'admin:metrics',
  'admin:read:principals',
  'read:config',
  'read:console',
  'read:history',
  'read:lock',
  'read:monitor',
  'read:queue',
  'read:resources',
  'read:status',
  'read:testing',
  'user:apikeys',
  'write:config',
  'write:execute',
  'write:history:edit',
  'write:lock',
  'write:manager:control',
  'write:manager:stop',
  'write:permissions',
  'write:plan:control',
  'write:queue:control',
  'write:queue:edit',
  'write:scripts',
  'write:testing',
] as const

export type Scope = (typeof allScopes)[number]

const reading: readonly Scope[] = [
  'read:status',
  'read:queue',
  'read:history',
  'read:resources',
  'read:config',
  'read:monitor',
  'read:console',
  'read:lock',
  'read:testing',
]
const operating: readonly Scope[] = [
  'write:queue:edit',
  'write:queue:control',
  'write:manager:control',
  'write:plan:control',
  'write:execute',
  'write:history:edit',
]
const administering: readonly Scope[] = ['write:permissions', 'write:scripts', 'write:config', 'write:lock']

export const defaultRoles = {
  admin: ['read:status', 'user:apikeys', 'admin:apikeys', 'admin:read:principals', 'admin:metrics'],
  expert: [...reading, ...operating, ...administering, 'user:apikeys'],
  advanced: [...reading, ...operating, 'user:apikeys'],
  user: [...reading, ...operating, 'user:apikeys'],
  observer: [...reading, 'user:apikeys'],
  unauthenticated_single_user: [
    ...reading,
    ...operating,
    ...administering,
    'write:manager:stop',
    'write:testing',
    'user:apikeys',
  ],
  unauthenticated_public: ['read:status'],
} as const satisfies Record<string, readonly Scope[]>

export type RoleName = keyof typeof defaultRoles

/** The union of the scopes of some roles, sorted. */
export function scopesOf(roles: readonly RoleName[]): readonly string[] {
  return [...new Set(roles.flatMap((role): readonly string[] => defaultRoles[role]))].toSorted()
}
