import { type Path, paths, type Template } from './paths.ts';

/** Between these, docs/infrastructure.md has what {@link securityGroupTable} makes. */
export const markers = {
  start: '<!-- Made by npm run docs:security-groups -->',
  end: '<!-- End of what npm run docs:security-groups makes -->',
} as const;

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

/**
 * Who may speak to whom, and on which port in each environment, as a Markdown table.
 *
 * @param templates of the network stacks, by environment
 */
export function securityGroupTable(templates: ReadonlyMap<string, Template>): string {
  const environments = [...templates.keys()];
  const rows = new Map<string, { readonly path: Path; readonly ports: Map<string, number[]> }>();
  for (const [environment, template] of templates) {
    for (const path of paths(template)) {
      const key = [path.from, path.to, path.why].join('|');
      const row = rows.get(key) ?? { path, ports: new Map<string, number[]>() };
      row.ports.set(environment, [...(row.ports.get(environment) ?? []), path.port]);
      rows.set(key, row);
    }
  }
  const sorted = [...rows.entries()].toSorted(([a], [b]) => a.localeCompare(b, 'en'));
  return [
    line(['from', 'to', 'why', ...environments]),
    line([...environments, '', '', ''].map(() => '---')),
    ...sorted.map(([, { path, ports }]) =>
      line([path.from, path.to, path.why, ...environments.map((each) => numbers(ports.get(each)))]),
    ),
  ].join('\n');
}

function numbers(ports: readonly number[] = []): string {
  return ports.length === 0 ? '–' : ports.toSorted((a, b) => a - b).join(', ');
}

/**
 * A page with a new table in its place.
 * @throws Error when the page has no place for it
 */
export function withTable(page: string, table: string): string {
  const start = page.indexOf(markers.start);
  const end = page.indexOf(markers.end);
  if (start < 0 || end < start) throw new Error(`The page lacks ${markers.start} or, after it, ${markers.end}.`);
  return `${page.slice(0, start)}${markers.start}\n\n${table}\n\n${page.slice(end)}`;
}
