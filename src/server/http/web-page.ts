/** What a text is called that should have been JSON: a web page is told by its title. */
export function nameOfText(text: string): string {
  if (!/^\s*<(!doctype|html|head|body)/i.test(text)) return 'no JSON'
  const title = /<title[^>]*>([^<]{1,80})/i.exec(text)?.[1]?.replaceAll(/\s+/g, ' ').trim()
  return title ? `a web page "${title}"` : 'a web page'
}
