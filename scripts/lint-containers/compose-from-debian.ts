import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../../node_modules/.cache/understudy/compose');
const client = join(folder, 'usr/libexec/docker/cli-plugins/docker-compose');
const sources = '/etc/apt/sources.list.d/debian.sources';
/** The first release of Debian that has version 2, from before it was part of Docker's own packages only. */
const suite = 'trixie';

/**
 * Docker Compose 2 as Debian packages it, fetched by the machine's own apt and unpacked beside the project: nothing
 * is installed, and root is not needed.
 * @throws Error on a machine that is no Debian, or has no way to its packages
 */
export function composeFromDebian(progress: (line: string) => void): string {
  if (existsSync(client)) return client;
  if (!existsSync(sources)) throw new Error('There is no Docker Compose 2 here, and no Debian to take it from.');
  progress(`Fetching Docker Compose from Debian ${suite}`);
  mkdirSync(join(folder, 'lists/partial'), { recursive: true });
  mkdirSync(join(folder, 'cache/archives/partial'), { recursive: true });
  const stanza = readFileSync(sources, 'utf8').split('\n\n')[0] ?? '';
  writeFileSync(join(folder, 'suite.sources'), `${stanza.replace(/^Suites:.*$/m, `Suites: ${suite}`)}\n`);
  const options = {
    'Dir::Etc::sourcelist': join(folder, 'suite.sources'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::Cache': join(folder, 'cache'),
    // Debian's lists are open to everybody; the user _apt cannot read a folder below somebody's home.
    'APT::Sandbox::User': 'root',
  };
  const apt = (...parameters: readonly string[]) =>
    execFileSync(
      'apt-get',
      [...Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]), ...parameters],
      {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
  apt('update');
  apt('download', 'docker-compose');
  const [archive = ''] = globSync(join(folder, 'docker-compose_*.deb'));
  execFileSync('dpkg-deb', ['--extract', archive, folder], { stdio: 'ignore' });
  return client;
}
