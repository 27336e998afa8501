import type { Behaviour } from './behaviour.ts';

interface PluginStatus {
  readonly plugin: string;
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  readonly unknown: readonly string[];
}

/** The migrations that simulated one-off tasks have applied: what is left of a database when rows do not matter. */
export class SimulatedDatabase {
  readonly #applied = new Map<string, Set<string>>();

  status(behaviour: Behaviour): { readonly plugins: readonly PluginStatus[] } {
    const plugins = Object.entries(behaviour.migrations).map(([plugin, migrations]) => {
      const applied = this.#applied.get(plugin) ?? new Set<string>();
      return {
        plugin,
        applied: migrations.filter((name) => applied.has(name)),
        pending: migrations.filter((name) => !applied.has(name)),
        unknown: [...applied].filter((name) => !migrations.includes(name)),
      };
    });
    return { plugins };
  }

  up(behaviour: Behaviour): { readonly plugins: readonly PluginStatus[] } {
    for (const [plugin, migrations] of Object.entries(behaviour.migrations)) {
      this.#applied.set(plugin, new Set([...(this.#applied.get(plugin) ?? []), ...migrations]));
    }
    return this.status(behaviour);
  }
}
