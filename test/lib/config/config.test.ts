import { describe, expect, test } from '@jest/globals';
import { ConfigError, checkConfig, environmentConfig, environmentNamesAllowed } from '../../../lib/config/config.ts';
import { local } from '../../../lib/config/environments/local.ts';
import { production } from '../../../lib/config/environments/production.ts';

/** What the schema says against a configuration. */
function refusal(config: unknown): string {
  try {
    checkConfig(config, 'config.ts');
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
  }
  throw new Error('The configuration was not refused.');
}

const { backstage } = local.services;
const withBackstage = (settings: object) => ({ ...local, services: { backstage: { ...backstage, ...settings } } });

const withDatabase = (settings: object) => ({ ...production, database: { ...production.database, ...settings } });

/** Production without NAT, with some of the tasks' settings replaced. */
const sealed = (endpoints: boolean, task: object) => ({
  ...production,
  cache: null,
  domain: null,
  certificateArn: 'arn:aws:acm:eu-central-1:111122223333:certificate/own',
  network: { ...production.network, nat: 'none', interfaceEndpoints: endpoints },
  services: { backstage: { ...backstage, task: { ...backstage?.task, ...task } } },
});

const subnets = (kind: string, ...numbers: number[]) => numbers.map((number) => `subnet-${kind}000000${number}`);

describe('the configuration', () => {
  test.each(environmentNamesAllowed)('of %s fits the schema', (name) => {
    expect(environmentConfig(name).name).toBe(name);
  });

  test.each([['prod'], [undefined], ['constructor'], [3]])(
    'refuses environment %s and lists those there are',
    (name) => {
      expect(() => environmentConfig(name)).toThrow(/Allowed: local, dev, production\. .*-c environment=local/);
    },
  );

  test('refuses an unknown key by its path, its value, what is allowed, and how to mend it', () => {
    const message = refusal({ ...local, regoin: 'us-east-1' });
    expect(message).toContain('config.ts does not fit the schema');
    expect(message).toContain('regoin: unknown key "regoin" with value "us-east-1"');
    expect(message).toContain('Allowed: name, region, network');
    expect(message).toContain('Correct its spelling or remove it');
  });

  test('refuses an unknown key deep inside a service, with the keys of that place', () => {
    const message = refusal(withBackstage({ scaling: { minimum: 1, maximum: 2, cpuPercent: 60, minimun: 3 } }));
    expect(message).toContain('services.backstage.scaling.minimun: unknown key "minimun" with value 3');
    expect(message).toContain('Allowed: minimum, maximum, cpuPercent.');
  });

  test('refuses an unknown key of a journey', () => {
    const journeys = [{ name: 'home', path: '/', budgetMs: 100, budget: 200 }];
    expect(refusal(withBackstage({ probe: { journeys, write: null } }))).toContain(
      'services.backstage.probe.journeys.0.budget: unknown key "budget" with value 200. Allowed: name, method, path',
    );
  });

  test('says one thing of a range that is none', () => {
    const message = refusal({ ...local, network: { ...local.network, cidr: '10.2/16' } });
    expect(message.match(/network\.cidr/g)).toHaveLength(1);
  });

  test.each(['Trucks', 'trucks-', 'a--b', 'x', '-a', 'the-name-of-this-service', 'under_score'])(
    'refuses a service whose repository could not be named %s, without repeating all of the service',
    (name) => {
      const message = refusal({ ...local, services: { [name]: backstage } });
      expect(message).toContain(
        `services.${name}: the name "${name}" is refused: names the repository too; give 2 to 21`,
      );
      expect(message.length).toBeLessThan(400);
    },
  );

  test.each<[object, string]>([
    [{ region: 'Frankfurt' }, 'region: "Frankfurt" is refused: is no region; give one such as eu-central-1'],
    [
      { database: { ...local.database, instance: 'db.t4g.small' } },
      'database.instance: "db.t4g.small" is refused: is no instance class without its db.; give one such as t4g.small',
    ],
    [
      withBackstage({ logRetentionDays: 3 }),
      'logRetentionDays: 3 is refused: Invalid option: expected one of 7|30|90|365',
    ],
    [
      withBackstage({ task: { ...backstage?.task, cpu: 300 } }),
      'task.cpu: 300 is refused: Invalid option: expected one of 256|512|1024|2048|4096',
    ],
    [{ certificateArn: 'mine' }, 'certificateArn: "mine" is refused: Invalid string: must start with "arn:aws:acm:"'],
    [{ protectData: 'yes' }, 'protectData: "yes" is refused: Invalid input: expected boolean'],
  ])('refuses %#, and says what is allowed', (settings, message) => {
    expect(refusal({ ...local, ...settings })).toContain(message);
  });

  test('names every fault at once, not only the first', () => {
    const message = refusal({ ...local, regoin: 'x', network: { ...local.network, nat: 'two' } });
    expect(message).toContain('regoin');
    expect(message).toContain('network.nat: "two" is refused');
  });

  test('refuses plain HTTP in production', () => {
    expect(refusal({ ...production, domain: null, certificateArn: null })).toContain(
      'certificateArn: null is refused: plain HTTP is for local and dev only; give a domain, or the ARN',
    );
  });

  test('refuses production without a firewall, and a limit that would lock everybody out', () => {
    expect(refusal({ ...production, firewall: null })).toContain('firewall: null is refused: only local and dev may');
    expect(refusal({ ...production, firewall: { requestsPerAddress: 9 } })).toContain(
      'firewall.requestsPerAddress: 9 is refused: Too small: expected number to be >=10',
    );
  });

  test('refuses large bodies on a path without a reason', () => {
    expect(refusal(withBackstage({ largeBodies: [{ path: '/api/upload', reason: '' }] }))).toContain(
      'services.backstage.largeBodies.0.reason: "" is refused',
    );
  });

  test('refuses a database without TLS outside local', () => {
    expect(refusal(withDatabase({ tls: false }))).toContain(
      'database.tls: false is refused: only the database of the local stage has no TLS; give true',
    );
  });

  test('refuses a cache that nobody asks for, one that is asked for in vain, and any on the stage', () => {
    const valkey = { node: 't4g.small', replicas: 0 };
    const asking = withBackstage({ task: { ...backstage?.task, cache: true } });
    expect(refusal({ ...local, cache: valkey })).toContain('is refused: is used by no service; give null');
    expect(refusal(asking)).toContain('services.backstage.task.cache: true is refused: has no cache to use');
    expect(refusal({ ...asking, cache: valkey })).toContain('is refused: is not on the local stage');
    expect(refusal({ ...production, cache: { ...valkey, replicas: 9 } })).toContain('cache.replicas: 9 is refused');
  });

  test('refuses a database password for tasks outside local', () => {
    expect(refusal(withDatabase({ signIn: 'password' }))).toContain(
      'database.signIn: "password" is refused: is for the local stage: a task would go on with it after it was rotated',
    );
  });

  test('refuses an instance of unknown memory, and more connections than its memory is good for', () => {
    expect(refusal(withDatabase({ instance: 'm7g.huge' }))).toContain(
      'database.instance: "m7g.huge" is refused: is no class t, m or r of a size with known memory',
    );
    expect(refusal(withDatabase({ maxConnections: 902 }))).toContain(
      'database.maxConnections: 902 is refused: is more than the 901 that the memory of m7g.large is good for',
    );
  });

  test('refuses a database that a release would fill: with connections, or with the copy of a rehearsal', () => {
    expect(refusal(withDatabase({ maxConnections: 200 }))).toMatch(
      /database\.maxConnections: 200 is refused: is less than the 439 of a release at its height \(backstage: 13 tasks at once × \(8 pools × 4 \+ 1\) = 429; reserve: 10\)/,
    );
    expect(refusal(withDatabase({ storageGb: 40 }))).toContain(
      "database.storageGb: 40 is refused: is less than the 45 of a rehearsal, of which a tenth stays free (backstage: 20 GB and a rehearsal's copy of it); give more",
    );
  });

  describe('refuses a network', () => {
    const existing = {
      vpcId: 'vpc-0123abcd',
      publicSubnets: subnets('a', 1, 2, 3),
      taskSubnets: subnets('b', 1, 2, 3),
      databaseSubnets: subnets('c', 1, 2, 3),
    };
    test.each<[object, string]>([
      [
        { availabilityZones: ['eu-central-1a'] },
        'network.availabilityZones: ["eu-central-1a"] is refused: Too small: expected array to have >=2',
      ],
      [{ availabilityZones: ['a', 'b', 'c', 'd'] }, 'is refused: Too big: expected array to have <=3'],
      [{ availabilityZones: ['a', 'a'] }, 'network.availabilityZones: ["a","a"] is refused: names a zone twice'],
      [
        { peers: [{ name: 'office', cidr: '10.2.128.0/20' }] },
        'network.peers.0.cidr: "10.2.128.0/20" is refused: overlaps network.cidr, 10.2.0.0/16: no route could tell them apart',
      ],
      [
        { cidr: '10.2.0.7/16' },
        'network.cidr: "10.2.0.7/16" is refused: is an address inside a range; give the range: 10.2.0.0/16',
      ],
      [
        { cidr: '10.2.0.0/20' },
        'network.cidr: "10.2.0.0/20" is refused: is no VPC\'s size, or too small for three zones; give a /16 to a /19',
      ],
      [
        { cidr: '10.2/16' },
        'network.cidr: "10.2/16" is refused: is no range of addresses; give one such as 10.0.0.0/16',
      ],
      [{ nat: 'two' }, 'network.nat: "two" is refused'],
      [
        { existing: { ...existing, vpcId: 'main' } },
        'network.existing.vpcId: "main" is refused: is no VPC; give an id',
      ],
      [
        { existing: { ...existing, taskSubnets: subnets('b', 1, 2) } },
        'network.existing.taskSubnets: ["subnet-b0000001","subnet-b0000002"] is refused: has to have one subnet for each of the 3 zones',
      ],
      [
        { existing: { ...existing, databaseSubnets: existing.taskSubnets } },
        'network.existing.databaseSubnets.0: "subnet-b0000001" is refused: is under taskSubnets too; give each subnet one use',
      ],
    ])('with %j', (settings, message) => {
      expect(refusal({ ...production, network: { ...production.network, ...settings } })).toContain(message);
    });

    test('only when there is a reason to', () => {
      const peers = [{ name: 'office', cidr: '10.3.0.0/16' }];
      const network = { ...production.network, existing, peers };
      expect(checkConfig({ ...production, network }, 'config.ts').network.existing).toEqual(existing);
    });
  });

  describe('without NAT outside local', () => {
    const bootstrapImage = '111122223333.dkr.ecr.eu-central-1.amazonaws.com/understudy-production/backstage:bootstrap';

    test('refuses a public image, tasks that call the internet, and no endpoints', () => {
      const message = refusal(sealed(false, { internetPorts: [443] }));
      expect(message).toContain('network.interfaceEndpoints: false is refused: without NAT it is how tasks get image');
      expect(message).toContain('services.backstage.task.internetPorts: [443] is refused: network.nat is none');
      expect(message).toMatch(
        /task\.bootstrapImage: "public\.ecr\..*" is refused: .* push it to the repository understudy-production\/backstage/,
      );
    });

    test('takes an image of the service’s own repository, and tasks that stay inside', () => {
      expect(checkConfig(sealed(true, { internetPorts: [], bootstrapImage }), 'config.ts').network.nat).toBe('none');
    });
  });

  test.each([
    [{ repository: 'understudy' }, 'access.repository: "understudy" is refused: is no repository; give OWNER/NAME'],
    [{ repository: 'example-org/*' }, 'access.repository: "example-org/*" is refused: is no repository'],
    [{ repository: 'a-/b' }, 'access.repository: "a-/b" is refused: is no repository'],
    [{ refs: ['refs/heads/*'] }, 'access.refs.0: "refs/heads/*" is refused: is no ref; give refs/heads/BRANCH'],
    [{ refs: ['main'] }, 'access.refs.0: "main" is refused: is no ref'],
    [{ refs: [] }, 'access.refs: [] is refused'],
    [{ onCall: ['*'] }, 'access.onCall.0: "*" is refused: is no ARN of one role'],
    [
      { approvers: ['arn:aws:iam::111122223333:root'] },
      'access.approvers.0: "arn:aws:iam::111122223333:root" is refused',
    ],
    [{ immutableIds: { owner: 1 } }, 'access.immutableIds.repository: nothing is refused'],
    [{ reviewQualifier: 'hnb659fds' }, 'access.reviewQualifier: "hnb659fds" is refused: is CDK\'s own'],
  ])('refuses access for %j', (settings, message) => {
    expect(refusal({ ...production, access: { ...production.access, ...settings } })).toContain(message);
  });

  test('refuses two services with one rule priority', () => {
    expect(refusal({ ...local, services: { backstage, trucks: backstage } })).toContain(
      'services.trucks.frozen.rulePriority: 100 is refused: is that of service backstage too; give another',
    );
  });

  test('refuses more judged requests than a canary without users could ever judge', () => {
    const policies = { ...backstage?.policies, hotfix: { ...backstage?.policies.hotfix, minimumJudged: 1000 } };
    expect(refusal(withBackstage({ policies }))).toMatch(
      /policies\.hotfix\.minimumJudged: 1000 is refused: is more than the \d+ probes that its canary is sure to send/,
    );
  });

  test('refuses a bake that CodeDeploy would not wait for, and looks further apart than a minute', () => {
    const policies = { ...backstage?.policies, feature: { ...backstage?.policies.feature, bakeSeconds: 172_800 } };
    expect(refusal(withBackstage({ policies }))).toContain('bakeSeconds: 172800 is refused: Too big');
    const observation = { ...backstage?.observation, intervalSeconds: 61 };
    expect(refusal(withBackstage({ observation }))).toContain('intervalSeconds: 61 is refused: Too big');
  });

  test('refuses more probes than the judge’s error probabilities hold for, and says what would help', () => {
    const observation = { ...backstage?.observation, roundsPerLook: 100 };
    expect(refusal(withBackstage({ observation }))).toMatch(
      /observation: .* is refused: lets a release send \d+ probes to the new version, .* below 48000; give a longer/,
    );
  });

  test('refuses an approval that CodeDeploy would not wait for', () => {
    const deadlines = { ...backstage?.deadlines, readySeconds: 150_000, approvalSeconds: 30_000 };
    expect(refusal(withBackstage({ deadlines }))).toContain(
      'deadlines.approvalSeconds: 30000 is refused: lets green wait for 180000 seconds',
    );
  });

  test('refuses a shift that has to be over before its canary is', () => {
    const deadlines = { ...backstage?.deadlines, shiftSeconds: 120 };
    expect(refusal(withBackstage({ deadlines }))).toContain(
      'deadlines.shiftSeconds: 120 is refused: has to exceed the canary of policy feature, which alone takes 120 seconds',
    );
  });

  test('refuses a health check that times out after the next one begins', () => {
    const frozen = { ...backstage?.frozen, health: { ...backstage?.frozen.health, timeoutSeconds: 5 } };
    expect(refusal(withBackstage({ frozen }))).toContain(
      'timeoutSeconds: 5 is refused: has to be below the interval of 5',
    );
  });

  test('refuses fewer tasks at most than at least', () => {
    expect(refusal(withBackstage({ scaling: { minimum: 3, maximum: 2, cpuPercent: 60 } }))).toContain(
      'scaling.maximum: 2 is refused: is below the minimum of 3',
    );
  });
});
