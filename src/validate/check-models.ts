import type { NodeDefinitions } from '../prompt/node-definitions.ts'
import type { Draft } from './finding.ts'
import { isListedModel } from './listed-models.ts'
import { isSameFile, type NamedModel } from './named-models.ts'
import { sayValue } from './say.ts'

/** The models that a workflow names with their sources, that no list of the server has, and that no node was found to lack. */
export function checkModels(
  named: readonly NamedModel[],
  found: readonly Draft[],
  definitions: NodeDefinitions,
): readonly Draft[] {
  const lacked = found.flatMap(({ model }) => (model ? [model.name] : []))
  return named
    .filter(({ name }) => !isListedModel(name, definitions) && !lacked.some((held) => isSameFile(held, name)))
    .map(({ name, url, directory, nodes }): Draft => {
      const folder = `models${directory === undefined ? '' : `/${directory}`} of ComfyUI`
      const users = nodes.length > 0 ? `, for ${nodes.slice(0, 5).join(', ')}` : ''
      const next = url === undefined ? `Put it into ${folder}` : `Fetch ${url} into ${folder}`
      return {
        severity: 'warning',
        code: 'MODEL_MISSING',
        node: '',
        title: '',
        classType: '',
        message: `The workflow names the model ${sayValue(name)}${users}, which no list of the server has. ${next}.`,
        model: { name, ...(url === undefined ? {} : { url }), ...(directory === undefined ? {} : { directory }) },
      }
    })
}
