import type { TaggedJson } from '../../values/tagged-json.ts'
import { floatText } from '../../values/tree-text.ts'
import { wrongType } from '../../values/wrong-type.ts'

/**
 * A value as the JSON that other programs expect: integers with all their digits, floats with a point, tuples as
 * arrays. What JSON cannot hold is refused.
 *
 * @throws {@link DiscomfortError} `VALUE_TYPE`
 */
export function plainJson(tree: TaggedJson, key: string): string {
  if (typeof tree === 'number') return floatText(tree)
  if (typeof tree !== 'object' || tree === null) return JSON.stringify(tree)
  if (Array.isArray(tree)) return `[${tree.map((item) => plainJson(item, key)).join(', ')}]`
  if ('int' in tree) return tree.int
  if ('tuple' in tree) return plainJson(tree.tuple, key)
  if ('dict' in tree) {
    const entries = tree.dict.map(([name, item]) => {
      if (typeof name !== 'string') throw refused('a dict whose keys are not all strings', key)
      return `${JSON.stringify(name)}: ${plainJson(item, key)}`
    })
    return `{${entries.join(', ')}}`
  }
  if ('float' in tree) {
    if (tree.float === '-0') return '-0.0'
    throw refused(`the float ${tree.float}`, key)
  }
  if ('object' in tree) throw refused(`an object of ComfyUI's class ${tree.object[0]}`, key)
  throw refused('tensor' in tree ? 'a tensor' : 'bytes', key)
}

function refused(found: string, key: string): Error {
  return wrongType('a value that JSON can hold', found, {
    key,
    reason: 'Export it as .safetensors, which holds every value.',
  })
}
