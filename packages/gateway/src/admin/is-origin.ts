/** Whether an address is `https://host[:port]`, or the same with `http`, and nothing else: what `admin.url` has to be. */
export function isOrigin(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) && new URL(url).origin === url
}
