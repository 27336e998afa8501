import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, withoutOuterNpm } from './command.mjs';
import { hashOf, isStamped } from './inputs.mjs';
import { complaintAboutNpm } from './versions.mjs';

const gigabyte = 1e9;

/** The root's modules take 0.7 GB; Backstage's take 1.7 GB, and its build a little more. */
const rootBytes = 1 * gigabyte;
const backstageBytes = 2.5 * gigabyte;

/**
 * Brings `node_modules` to what the lockfile says, when the lockfile has changed since the last time.
 * @param {string} folder with package.json and package-lock.json
 * @param {string} what in words
 * @param {number} bytes that the install takes
 * @param {() => void} [check] throws when the install is of no use
 */
async function install(folder, what, bytes, check = () => {}) {
  const modules = join(folder, 'node_modules');
  const stamp = join(modules, '.understudy-installed');
  const wanted = `${hashOf(folder, ['package-lock.json'])} ${process.platform} ${process.arch}\n`;
  if (isStamped(stamp, wanted)) return;

  const env = withoutOuterNpm();
  const npm = spawnSync('npm', ['--version'], { env, encoding: 'utf8' });
  const complaint = complaintAboutNpm(npm.status === 0 ? npm.stdout.trim() : '');
  if (complaint) throw new Error(complaint);
  requireSpace(folder, bytes, what);

  // Whatever breaks off from here on, the next run starts over.
  rmSync(stamp, { force: true });
  await run(`${what} (npm ci)`, ['npm', 'ci', '--no-audit', '--no-fund'], { cwd: folder, env });
  mkdirSync(modules, { recursive: true });
  check();
  writeFileSync(stamp, wanted);
}

/**
 * The package `node` is an empty shell until its install script has fetched the program, and npm may have been
 * told to run no such scripts.
 * @param {string} root
 */
function requireNode(root) {
  const program = join(root, 'node_modules', '.bin', 'node');
  if (spawnSync(program, ['--version']).status === 0) return;
  throw new Error(
    `npm has installed everything, but ${program} does not run: the install script of the package "node" has not ` +
      'run, or its download failed. Allow install scripts (npm config get ignore-scripts; the variable ' +
      'npm_config_ignore_scripts) and try again.',
  );
}

/**
 * @param {string} folder
 * @param {number} bytes
 * @param {string} what
 * @param {(folder: string) => { bavail: number, bsize: number }} [stat]
 */
export function requireSpace(folder, bytes, what, stat = statfsSync) {
  const { bavail, bsize } = stat(folder);
  const free = bavail * bsize;
  if (free >= bytes) return;
  throw new Error(
    `${what} needs about ${(bytes / gigabyte).toFixed(1)} GB; the disk of ${folder} has ` +
      `${(free / gigabyte).toFixed(1)} GB left. Free some space and try again.`,
  );
}

/** @param {string} root the repository */
export async function installRoot(root) {
  await install(root, "Installing Understudy's tools", rootBytes, () => requireNode(root));
}

/** What the build of the frontend and of the documentation pages reads. */
const frontendInputs = [
  '../docs',
  'docs',
  'scripts',
  'packages/app',
  'plugins',
  'package-lock.json',
  'app-config.yaml',
  'backstage.json',
  'tsconfig.json',
];

/** @param {string} root the repository; its own modules are installed */
export async function installBackstage(root) {
  const folder = join(root, 'backstage');
  await install(folder, 'Installing Backstage', backstageBytes);

  const stamp = join(folder, 'node_modules', '.understudy-frontend');
  const wanted = `${hashOf(folder, frontendInputs)}\n`;
  if (isStamped(stamp, wanted) && existsSync(join(folder, 'packages/app/dist/index.html'))) return;
  rmSync(stamp, { force: true });
  // Backstage's tools need the Node that the root's lockfile brings, whatever the machine has.
  const env = withoutOuterNpm();
  env.PATH = [join(root, 'node_modules', '.bin'), env.PATH].join(process.platform === 'win32' ? ';' : ':');
  await run("Building Backstage's frontend", ['npm', 'run', 'build'], { cwd: folder, env });
  writeFileSync(stamp, wanted);
}
