/** Types that stand for whatever is linked. */
export function isTemplate(type: string): boolean {
  return type === '*' || type.startsWith('COMFY_')
}
