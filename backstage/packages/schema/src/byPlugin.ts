/** Gathers what belongs to one plugin, in the order in which plugins first appear. */
export function byPlugin<T, S>(
  items: readonly T[],
  pluginOf: (item: T) => string,
  view: (item: T) => S,
): { plugin: string; sets: S[] }[] {
  const groups = new Map<string, S[]>();
  for (const item of items) {
    const plugin = pluginOf(item);
    groups.set(plugin, [...(groups.get(plugin) ?? []), view(item)]);
  }
  return [...groups].map(([plugin, sets]) => ({ plugin, sets }));
}
