/** `npm run docs:errors`: writes docs/errors.md from src/errors.ts. With `--check` it fails when the page is stale. */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const source = fileURLToPath(new URL('../src/errors.ts', import.meta.url))
const page = fileURLToPath(new URL('../docs/errors.md', import.meta.url))
const parsed = ts.createSourceFile(source, await readFile(source, 'utf8'), ts.ScriptTarget.ES2023, true)
const sections: string[] = []
parsed.forEachChild((statement) => {
  if (!ts.isInterfaceDeclaration(statement) || statement.name.text !== 'ErrorDetails') return
  for (const member of statement.members) if (ts.isPropertySignature(member)) sections.push(section(member))
})
const text = `# Errors

Every failure that the library raises on purpose is a \`DiscomfortError\` with one of these codes. \`error.details\` is plain JSON of the shape below, \`error.cause\` the error underneath; \`isDiscomfortError(error, 'NODE_FAILED')\` narrows. This page is written from the code: \`npm run docs:errors\`.

${sections.join('\n')}`
if (!process.argv.includes('--check')) await writeFile(page, text)
else if ((await readFile(page, 'utf8').catch(() => '')) !== text) {
  console.error('docs/errors.md is stale: run `npm run docs:errors`')
  process.exitCode = 1
}

function section(member: ts.PropertySignature): string {
  const code = member.name.getText(parsed)
  const told = ts.getTextOfJSDocComment(ts.getJSDocCommentsAndTags(member)[0]?.comment) ?? ''
  const [cause, cure] = told.replaceAll(/\s+/g, ' ').split(' Cure: ')
  if (!cure) throw new Error(`${code} in src/errors.ts needs a comment of the form "cause. Cure: what to do."`)
  const details = member.type?.getText(parsed).replaceAll(/\s*\n\s*/g, ' ') ?? ''
  return `## ${code}\n\n${cause}\n\nWhat to do: ${cure}\n\n\`details\`: \`${details}\`\n`
}
