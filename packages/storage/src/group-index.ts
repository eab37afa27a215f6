/** What the index links. All of it belongs to the index: the group, and who stands beside it there. */
export interface Grouped {
  group: string | undefined
  before: this | undefined
  after: this | undefined
}

/** Groups as chains through their members: most groups have one to three, and a `Set` for each would cost more than they do. */
export class GroupIndex<Member extends Grouped> {
  readonly #newest = new Map<string, Member>()

  add(group: string, member: Member): void {
    const newest = this.#newest.get(group)
    // The text that the members before have: each brings an equal one of its own.
    member.group = newest?.group ?? group
    member.after = undefined
    member.before = newest
    if (newest !== undefined) newest.after = member
    this.#newest.set(member.group, member)
  }

  /** From the group it is in, if any. */
  remove(member: Member): void {
    const { group, before, after } = member
    if (group === undefined) return
    if (before !== undefined) before.after = after
    if (after !== undefined) after.before = before
    else if (before !== undefined) this.#newest.set(group, before)
    else this.#newest.delete(group)
    member.group = undefined
    member.before = undefined
    member.after = undefined
  }

  /** A list of its own: what happens to the group afterwards does not change it. */
  members(group: string): Member[] {
    const members: Member[] = []
    for (let member = this.#newest.get(group); member !== undefined; member = member.before)
      members.push(member)
    return members
  }
}
