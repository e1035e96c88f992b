import { stringify } from 'lossless-json'
import type { ListedAddress, ListedPort, PortList } from '../snippet/list-ports.ts'
import { table } from './table.ts'

const longest = 60

/** The list of ports and addresses for people. */
export function portsText(list: PortList): string {
  return [
    ...section('INPUT ports', list.inputs.map(portRow), portHead),
    ...section('OUTPUT ports', list.outputs.map(portRow), portHead),
    ...section('PASSTHRU ports', list.passthrus.map(portRow), portHead),
    ...section('Input addresses', list.inputAddresses.map(addressRow), addressHead),
    ...section('Output addresses', list.outputAddresses.map(addressRow), addressHead),
  ].join('\n')
}

const portHead = ['unique_id', 'type', 'node', 'title', 'tags', 'drawn']
const addressHead = ['address', 'type', 'node', 'drawn', 'from']

function section(title: string, rows: string[][], head: string[]): string[] {
  return rows.length === 0 ? [`${title}: none`, ''] : [title, ...table(head, rows), '']
}

function portRow(port: ListedPort): string[] {
  return [port.uniqueId, typeText(port), port.node, port.title, port.tags.join(', '), drawnText(port)]
}

function addressRow(one: ListedAddress): string[] {
  return [one.address, typeText(one), one.node, drawnText(one), one.from ?? '']
}

function typeText({ type, isList }: { readonly type: string; readonly isList?: boolean }): string {
  const name = type === '*' ? 'any' : type
  return isList ? `list of ${name}` : name
}

/** A value on one line, cut where it is long. */
function drawnText({ drawn }: { readonly drawn?: unknown }): string {
  if (drawn === undefined) return ''
  const text = stringify(drawn) ?? ''
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text
}
