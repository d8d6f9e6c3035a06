/** A machine as text: a Mermaid state diagram and a table of what its states mean. */
import type { AnyStateMachine, AnyStateNode } from 'xstate';

/** A `stateDiagram-v2`; regions of a parallel state are separated by `--`. */
export function diagramOf(machine: AnyStateMachine): string {
  return ['stateDiagram-v2', ...inside(machine.root, '  ')].join('\n');
}

/** The states that say more than their name does, by path. */
export function descriptionsOf(machine: AnyStateMachine): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const visit = (node: AnyStateNode) => {
    if (node.description !== undefined) found.set(node.path.join('.'), node.description);
    Object.values(node.states).forEach(visit);
  };
  visit(machine.root);
  return found;
}

function inside(node: AnyStateNode, indent: string): string[] {
  const children = Object.values(node.states) as AnyStateNode[];
  if (node.type === 'parallel') {
    return children.flatMap((region, index) => [
      ...(index === 0 ? [] : [`${indent}--`]),
      ...inside(region, indent),
    ]);
  }
  const [first] = node.initial.target as readonly AnyStateNode[];
  return [
    `${indent}[*] --> ${idOf(first!)}`,
    ...children.flatMap((child) => [...declared(child, indent), ...arrows(child, indent)]),
  ];
}

function declared(node: AnyStateNode, indent: string): string[] {
  const name = `${indent}state "${node.key}" as ${idOf(node)}`;
  if (Object.keys(node.states).length === 0) return [name];
  return [`${name} {`, ...inside(node, `${indent}  `), `${indent}}`];
}

function arrows(node: AnyStateNode, indent: string): string[] {
  const lines = new Map<string, string[]>();
  for (const { target, eventType, guard } of [...node.transitions.values()].flat()) {
    for (const to of target ?? [node]) {
      const label = shortOf(String(eventType)) + (guard === undefined ? '' : ` [${nameOf(guard)}]`);
      lines.set(idOf(to), [...(lines.get(idOf(to)) ?? []), label]);
    }
  }
  return [...lines].map(([to, labels]) => `${indent}${idOf(node)} --> ${to}: ${labels.join(', ')}`);
}

const idOf = (node: AnyStateNode): string => node.path.join('_');

/** The machine's own name in front of each event says nothing in its own diagram. */
const shortOf = (eventType: string): string => eventType.slice(eventType.indexOf('.') + 1);

const nameOf = (guard: unknown): string =>
  typeof guard === 'string' ? guard : ((guard as { readonly type?: string }).type ?? 'guard');
