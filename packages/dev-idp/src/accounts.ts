/** Somebody who can sign in. */
export interface DevAccount {
  readonly username: string
  readonly password: string
  /** The stable subject of the ID token; the username can change, this cannot. */
  readonly subject: string
  readonly name: string
  readonly email?: { readonly address: string; readonly verified: boolean }
  /** Released with the scope `roles`. */
  readonly roles?: readonly string[]
  /** Released with the scope `groups`. */
  readonly groups?: readonly string[]
}

/** The accounts of the demo: an ordinary one, one that has proven nothing, and one that may administer. */
export const defaultAccounts: readonly DevAccount[] = [
  {
    username: 'demo',
    password: 'portico',
    subject: 'u1demo8f3k2m',
    name: 'Demo User',
    email: { address: 'demo@example.com', verified: true },
    roles: ['user'],
    groups: ['staff'],
  },
  {
    username: 'guest',
    password: 'portico',
    subject: 'u2guest5t7wq',
    name: 'Guest User',
    email: { address: 'guest@example.com', verified: false },
    roles: [],
    groups: ['guests'],
  },
  {
    username: 'admin',
    password: 'portico',
    subject: 'u3admin9x4zc',
    name: 'Admin User',
    email: { address: 'admin@example.com', verified: true },
    roles: ['user', 'admin'],
    groups: ['staff', 'admins'],
  },
]

/** Which claims each scope releases; the names are Logto's, and `groups` beside them. */
export const claimsByScope = {
  openid: ['sub'],
  profile: ['name', 'username', 'picture'],
  email: ['email', 'email_verified'],
  roles: ['roles'],
  groups: ['groups'],
}

/** The claims of an account; which of them are released depends on the scopes. */
export function claimsOf({ subject, username, name, email, roles, groups }: DevAccount) {
  return {
    sub: subject,
    username,
    name,
    ...(email === undefined ? {} : { email: email.address, email_verified: email.verified }),
    ...(roles === undefined ? {} : { roles: [...roles] }),
    ...(groups === undefined ? {} : { groups: [...groups] }),
  }
}
