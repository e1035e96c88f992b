import type { OfficialWorkflow } from './official-workflows.ts'

/** Official workflows on which the conversion once differed from a frontend, or that are treated in a way of their own. */
const telling: ReadonlySet<string> = new Set([
  '3d_hunyuan3d_multiview_to_model_turbo.json',
  'api_recraft_vector_gen.json',
  'basic_image_color_adjustment.json',
  'basic_switch_node.json',
  'image_qwen_image_edit_2511.json',
  'template_image_speech_to_video.json',
  'template_rob_realistic_2k_images_quick_variations.json',
  'templates-1_click_multiple_character_angles-v1.0.json',
  'templates_graphic_design_recomposer.json',
  'templates_mjm_looped_restyler.json',
  'templates_rob_realistic_2k_images_quick_variations.app.json',
  'utility_sdpose_ood_image_to_pose.json',
])

/** The official workflows of the short comparison: every tenth, and all of those that have been hard. */
export function shortSelection(workflows: readonly OfficialWorkflow[]): readonly OfficialWorkflow[] {
  return workflows.filter(({ name }, position) => position % 10 === 0 || telling.has(name))
}
