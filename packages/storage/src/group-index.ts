/** What the index links. The links belong to the index: who stands beside it in its group. */
export interface Grouped {
  before: this | undefined
  after: this | undefined
}

/** Groups as chains through their members: most groups have one to three, and a `Set` for each would cost more than they do. */
export class GroupIndex<Member extends Grouped> {
  readonly #newest = new Map<string, Member>()

  add(group: string, member: Member): void {
    const newest = this.#newest.get(group)
    member.after = undefined
    member.before = newest
    if (newest !== undefined) newest.after = member
    this.#newest.set(group, member)
  }

  remove(group: string, member: Member): void {
    const { before, after } = member
    if (before !== undefined) before.after = after
    if (after !== undefined) after.before = before
    else if (before !== undefined) this.#newest.set(group, before)
    else this.#newest.delete(group)
    member.before = undefined
    member.after = undefined
  }

  /** The member that came last. */
  newest(group: string): Member | undefined {
    return this.#newest.get(group)
  }

  /** A list of its own: what happens to the group afterwards does not change it. */
  members(group: string): Member[] {
    const members: Member[] = []
    for (let member = this.#newest.get(group); member !== undefined; member = member.before)
      members.push(member)
    return members
  }
}
