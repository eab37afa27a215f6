// Imported before a program: prints what the program has loaded, at its end.
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'

const files = new Set<string>()
registerHooks({
  load(url, context, nextLoad) {
    // The program itself is none of the packages.
    if (url.startsWith('file:') && url.includes('/node_modules/')) files.add(fileURLToPath(url))
    return nextLoad(url, context)
  },
})

process.once('exit', () => console.log(JSON.stringify([...files].sort())))
