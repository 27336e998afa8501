import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface InstalledPackage {
  readonly name: string;
  readonly dir: string;
  readonly role: string;
  readonly pluginId?: string;
  /** Whether the backend itself depends on it: Backstage's convention for a plugin in use. */
  readonly direct: boolean;
}

interface Manifest {
  readonly name: string;
  readonly dependencies?: Record<string, string>;
  readonly backstage?: { readonly role?: string; readonly pluginId?: string };
}

const BACKEND_ROLES = new Set(['backend', 'backend-plugin', 'backend-plugin-module', 'node-library', 'common-library']);

/** The backend and every Backstage package below it that runs in a backend. */
export function backendPackages(root: string): InstalledPackage[] {
  const backendDir = findBackend(root);
  const backend = readManifest(backendDir);
  const found = new Map<string, InstalledPackage>();
  const direct = new Set(Object.keys(backend.dependencies ?? {}));

  const visit = (dir: string): void => {
    const manifest = readManifest(dir);
    const role = manifest.backstage?.role;
    if (!role || !BACKEND_ROLES.has(role) || found.has(dir)) return;
    found.set(dir, {
      name: manifest.name,
      dir,
      role,
      pluginId: manifest.backstage?.pluginId,
      direct: direct.has(manifest.name),
    });
    for (const dependency of Object.keys(manifest.dependencies ?? {})) {
      const next = findPackage(dependency, dir);
      if (next) visit(next);
    }
  };
  visit(backendDir);
  return [...found.values()];
}

function findBackend(root: string): string {
  const packages = join(root, 'packages');
  const dirs = existsSync(packages) ? readdirSync(packages).map((name) => join(packages, name)) : [];
  const backend = dirs.find(
    (dir) => existsSync(join(dir, 'package.json')) && readManifest(dir).backstage?.role === 'backend',
  );
  if (!backend) {
    throw new Error(`No package with the role "backend" in ${packages}: run this from the root of the Backstage app`);
  }
  return backend;
}

/** As Node finds it, but blind to `exports`, which may hide package.json. */
function findPackage(name: string, from: string): string | undefined {
  for (let dir = from; ; dir = dirname(dir)) {
    const candidate = join(dir, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
    if (dir === dirname(dir)) return undefined;
  }
}

function readManifest(dir: string): Manifest {
  return JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as Manifest;
}

export function findInstalled(name: string, root: string): string {
  const dir = findPackage(name, findBackend(root));
  if (!dir) throw new Error(`The configuration names ${name}, which is not installed`);
  return dir;
}
