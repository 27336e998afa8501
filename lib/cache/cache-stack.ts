import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import {
  CfnParameterGroup,
  CfnReplicationGroup,
  CfnSubnetGroup,
  CfnUser,
  CfnUserGroup,
} from 'aws-cdk-lib/aws-elasticache';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { asInterface } from '../as-interface.ts';
import type { EnvironmentConfig } from '../config/config.ts';
import { acknowledge } from '../nag.ts';
import type { NetworkStack } from '../network/network-stack.ts';

export interface CacheStackProps extends StackProps {
  readonly config: EnvironmentConfig;
  readonly cache: NonNullable<EnvironmentConfig['cache']>;
  readonly network: NetworkStack;
}

/** How the tasks of a service reach the cache. */
export interface CacheAccess {
  readonly host: string;
  readonly port: string;
  readonly user: string;
  /** The user's password, as the secret's whole text. */
  readonly password: ISecret;
  /** What the names of all its keys begin with; it can reach no other. */
  readonly prefix: string;
}

/**
 * A cache on ElastiCache for the services that ask for one: Valkey, encrypted on the way and at rest, with a user for
 * each service that sees its own keys alone. What is in it can be lost at any time, so that there is no backup.
 */
export class CacheStack extends Stack {
  private readonly users = new Map<string, CacheAccess>();

  constructor(scope: Construct, id: string, props: CacheStackProps) {
    super(scope, id, props);
    const { config, cache, network } = props;
    const name = `understudy-${config.name}`;
    const services = Object.entries(config.services).flatMap(([service, { task }]) => (task.cache ? [service] : []));
    const passwords = new Map(services.map((service) => [service, this.password(name, service)]));
    const users = [...passwords].map(([service, password]) => this.user(name, service, password));
    const nobody = this.nobody(name, [...passwords.values()]);
    const group = new CfnUserGroup(this, 'Users', {
      engine: 'valkey',
      userGroupId: name,
      userIds: [nobody, ...users].map((user) => user.ref),
    });

    const valkey = this.valkey(name, cache, network);
    valkey.userGroupIds = [group.ref];
    for (const [service, password] of passwords) {
      this.users.set(service, {
        host: valkey.attrPrimaryEndPointAddress,
        port: valkey.attrPrimaryEndPointPort,
        user: service,
        password,
        prefix: prefixOf(service),
      });
    }
  }

  /** @throws Error for a service that asked for no cache */
  access(service: string): CacheAccess {
    const access = this.users.get(service);
    if (access === undefined) throw new Error(`The service ${JSON.stringify(service)} has no user of the cache.`);
    return access;
  }

  private valkey(
    name: string,
    { node, replicas }: CacheStackProps['cache'],
    network: NetworkStack,
  ): CfnReplicationGroup {
    const subnets = new CfnSubnetGroup(this, 'Subnets', {
      description: `Of the cache of ${name}`,
      subnetIds: network.vpc.selectSubnets(network.databaseSubnets).subnetIds,
    });
    const parameters = new CfnParameterGroup(this, 'Parameters', {
      cacheParameterGroupFamily: 'valkey8',
      description: `Of the cache of ${name}`,
      // A full cache forgets what was used least; by default it keeps what has no end, and refuses what is new.
      properties: { 'maxmemory-policy': 'allkeys-lru' },
    });
    const valkey = new CfnReplicationGroup(this, 'Valkey', {
      replicationGroupId: name,
      replicationGroupDescription: `Cache of ${name}`,
      engine: 'valkey',
      engineVersion: '8.0',
      cacheNodeType: `cache.${node}`,
      numCacheClusters: 1 + replicas,
      automaticFailoverEnabled: replicas > 0,
      multiAzEnabled: replicas > 0,
      transitEncryptionEnabled: true,
      atRestEncryptionEnabled: true,
      autoMinorVersionUpgrade: true,
      snapshotRetentionLimit: 0,
      cacheSubnetGroupName: subnets.ref,
      cacheParameterGroupName: parameters.ref,
      securityGroupIds: network.cacheGroup === null ? [] : [network.cacheGroup.securityGroupId],
    });
    valkey.applyRemovalPolicy(RemovalPolicy.DESTROY);
    acknowledge(
      valkey,
      'AwsSolutions-AEC5',
      'The port is open to the security groups of the tasks only; another number hides nothing from them.',
    );
    acknowledge(
      valkey,
      'AwsSolutions-AEC6',
      'Each service signs in as a user of its own, in place of one token for all.',
    );
    if (replicas === 0) {
      acknowledge(valkey, 'AwsSolutions-AEC4', 'What is in this cache can be read anew when its zone is back.');
    }
    return valkey;
  }

  private password(name: string, service: string): ISecret {
    const secret = new Secret(this, `Password-${service}`, {
      secretName: `${name}/${service}/cache`,
      description: `Password of ${service} for the cache`,
      generateSecretString: { passwordLength: 40, excludePunctuation: true },
    });
    acknowledge(
      secret,
      'AwsSolutions-SMG4',
      'Tasks read it when they start. A user of the cache may have two passwords, so that it is changed by hand around a release.',
    );
    return asInterface<ISecret>(secret);
  }

  private user(name: string, service: string, password: ISecret): CfnUser {
    return new CfnUser(this, `User-${service}`, {
      engine: 'valkey',
      userId: `${name}-${service}`,
      userName: service,
      // https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html#Access-string
      accessString: `on ~${prefixOf(service)}* +@all -@admin -@dangerous +keys +info`,
      authenticationMode: { Type: 'password', Passwords: [password.secretValue.unsafeUnwrap()] },
    });
  }

  /** Who signs in without a name. A group of users has to have it; it may do nothing. */
  private nobody(name: string, [password]: readonly ISecret[]): CfnUser {
    if (password === undefined) throw new Error('No service asks for the cache.');
    return new CfnUser(this, 'Nobody', {
      engine: 'valkey',
      userId: `${name}-nobody`,
      userName: 'default',
      accessString: 'off -@all',
      authenticationMode: { Type: 'password', Passwords: [password.secretValue.unsafeUnwrap()] },
    });
  }
}

function prefixOf(service: string): string {
  return `${service}:`;
}
