import { escapeIdentifier, escapeLiteral } from 'pg';
import type { Provisioned, Provisions, Resource } from '../deploy/provision.ts';
import type { PostgresServer } from './postgres-server.ts';

const text = (resource: Resource, property: string): string | null => {
  const value = resource.properties[property];
  return typeof value === 'string' && value !== '' ? value : null;
};

const identifier = (resource: Resource, property: string) =>
  text(resource, property) ?? `${resource.stack}-${resource.logicalId}`.toLowerCase();

/**
 * Both kinds of RDS database are the one PostgreSQL of the stage. The master user gets what RDS gives it:
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.MasterAccounts.html
 * (CREATEDB and CREATEROLE, never superuser). `Ref` and attributes follow
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html
 * and …/aws-resource-rds-dbcluster.html.
 */
export function rdsProvisions(server: PostgresServer, region: string, account: string): Provisions {
  async function masterUser(resource: Resource): Promise<void> {
    const user = text(resource, 'MasterUsername');
    const password = text(resource, 'MasterUserPassword');
    // An instance of a cluster has the cluster's user.
    if (user === null && resource.properties['DBClusterIdentifier'] !== undefined) return;
    if (user === null || password === null || password.includes('{{resolve:')) {
      throw new Error(
        `${resource.stack}/${resource.logicalId}: MasterUsername is ${user ?? 'missing'}, MasterUserPassword is ` +
          `${password === null ? 'missing' : 'an unresolved reference'}. The stage needs both as text: ` +
          'resolve dynamic references to secrets before provisioning.',
      );
    }
    const role = escapeIdentifier(user);
    const [existing] = await server.query(`SELECT 1 FROM pg_roles WHERE rolname = ${escapeLiteral(user)}`);
    await server.query(
      `${existing ? 'ALTER' : 'CREATE'} ROLE ${role} LOGIN CREATEDB CREATEROLE PASSWORD ${escapeLiteral(password)}`,
    );
    // Backstage connects to `postgres` to create its databases; RDS calls the first database so, too.
    const name = text(resource, 'DBName') ?? text(resource, 'DatabaseName') ?? 'postgres';
    const [database] = await server.query(`SELECT 1 FROM pg_database WHERE datname = ${escapeLiteral(name)}`);
    if (!database) await server.query(`CREATE DATABASE ${escapeIdentifier(name)} OWNER ${role}`);
  }

  return {
    'AWS::RDS::DBInstance': async (resource): Promise<Provisioned> => {
      await masterUser(resource);
      const ref = identifier(resource, 'DBInstanceIdentifier');
      return {
        ref,
        attributes: {
          'Endpoint.Address': server.host,
          'Endpoint.Port': String(server.port),
          DBInstanceArn: `arn:aws:rds:${region}:${account}:db:${ref}`,
          DbiResourceId: `db-${ref}`,
        },
      };
    },
    'AWS::RDS::DBCluster': async (resource): Promise<Provisioned> => {
      await masterUser(resource);
      const ref = identifier(resource, 'DBClusterIdentifier');
      return {
        ref,
        attributes: {
          'Endpoint.Address': server.host,
          'Endpoint.Port': String(server.port),
          'ReadEndpoint.Address': server.host,
          DBClusterArn: `arn:aws:rds:${region}:${account}:cluster:${ref}`,
          DBClusterResourceId: `cluster-${ref}`,
        },
      };
    },
  };
}
