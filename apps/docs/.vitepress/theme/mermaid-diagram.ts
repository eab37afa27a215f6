import mermaidScript from '@mermaid-js/tiny/dist/mermaid.tiny.js?url'
import { defineComponent, h, onMounted, shallowRef } from 'vue'

interface Mermaid {
  initialize(options: { startOnLoad: boolean; theme: string }): void
  run(options: { nodes: readonly Element[] }): Promise<void>
}

/** A Mermaid diagram, drawn in the browser; without scripts its text remains. */
export const MermaidDiagram = defineComponent({
  props: { text: { type: String, required: true } },
  setup({ text }) {
    const element = shallowRef<Element>()
    onMounted(async () => {
      if (element.value === undefined) return
      const mermaid = await loadMermaid()
      const theme = document.documentElement.classList.contains('dark') ? 'dark' : 'neutral'
      mermaid.initialize({ startOnLoad: false, theme })
      await mermaid.run({ nodes: [element.value] })
    })
    return () => h('pre', { ref: element, class: 'mermaid' }, text)
  },
})

/** The library is a script that leaves a global, and no module. */
async function loadMermaid(): Promise<Mermaid> {
  const scope = globalThis as { mermaid?: Mermaid }
  if (scope.mermaid === undefined) {
    const script = Object.assign(document.createElement('script'), { src: mermaidScript })
    await new Promise((loaded, failed) => {
      script.addEventListener('load', loaded)
      script.addEventListener('error', failed)
      document.head.append(script)
    })
  }
  if (scope.mermaid === undefined) throw new Error('The script has not defined mermaid.')
  return scope.mermaid
}
