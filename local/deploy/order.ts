import type { TemplateResource } from './assembly.ts';

type Resources = Readonly<Record<string, TemplateResource>>;

/**
 * Logical ids so that each comes after those it refers to or depends on; otherwise as the template has them.
 * @throws when resources depend on each other in a circle
 */
export function creationOrder(resources: Resources): string[] {
  const ordered = new Set<string>();
  const visit = (logicalId: string, path: readonly string[]): void => {
    if (ordered.has(logicalId)) return;
    if (path.includes(logicalId))
      throw new Error(`Resources depend on each other in a circle: ${[...path, logicalId].join(' → ')}.`);
    for (const dependency of dependencies(resources, logicalId)) visit(dependency, [...path, logicalId]);
    ordered.add(logicalId);
  };
  for (const logicalId of Object.keys(resources)) visit(logicalId, []);
  return [...ordered];
}

function dependencies(resources: Resources, logicalId: string): string[] {
  const { Properties, DependsOn } = resources[logicalId] ?? {};
  const found = new Set<string>(typeof DependsOn === 'string' ? [DependsOn] : DependsOn);
  references(Properties, found);
  return [...found].filter((name) => name !== logicalId && Object.hasOwn(resources, name));
}

function references(value: unknown, found: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, argument] of Object.entries(value)) {
    if (name === 'Ref' && typeof argument === 'string') found.add(argument);
    else if (name === 'Fn::GetAtt')
      found.add(String(Array.isArray(argument) ? argument[0] : argument).split('.')[0] ?? '');
    else if (name === 'Fn::Sub') {
      const template = String(Array.isArray(argument) ? argument[0] : argument);
      for (const [, inner = ''] of template.matchAll(/\$\{([^}!.]+)/g)) found.add(inner);
    }
    references(argument, found);
  }
}
