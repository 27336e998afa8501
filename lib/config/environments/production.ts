import type { EnvironmentInput } from '../environment-schema.ts';
import { backstage } from '../services/backstage.ts';

export const production: EnvironmentInput = {
  name: 'production',
  region: 'eu-central-1',
  network: {
    cidr: '10.2.0.0/16',
    availabilityZones: ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'],
    nat: 'per-az',
    interfaceEndpoints: true,
    peers: [],
    existing: null,
  },
  database: {
    instance: 'm7g.large',
    storageGb: 100,
    multiAz: true,
    backupDays: 14,
    maxConnections: 800,
    insights: 'advanced',
    tls: true,
    signIn: 'iam',
  },
  cache: { node: 't4g.small', replicas: 1 },
  // Put your own domain here, and the hosted zone that it is in: aws route53 list-hosted-zones
  domain: { name: 'example.com', zone: { id: 'Z0123456789EXAMPLE', name: 'example.com' } },
  certificateArn: null,
  firewall: { requestsPerAddress: 10_000 },
  // A channel: { workspaceId, channelId }; a pager: { secret }, the name of the secret with its URL.
  notifications: { slack: null, pagerDuty: null },
  // Put your own repository here, and its numbers: gh api repos/OWNER/NAME --jq '{owner: .owner.id, repository: .id}'
  access: {
    repository: 'example-org/understudy',
    immutableIds: { owner: 123456, repository: 456789 },
    provider: 'create',
    refs: ['refs/heads/main', 'refs/tags/v*'],
    // ARNs of your own roles: those of IAM Identity Center, for example.
    onCall: [],
    approvers: [],
    reviewQualifier: null,
  },
  releases: { freezeCalendar: 'lib/config/calendars/production.ics' },
  protectData: true,
  services: {
    backstage: {
      frozen: {
        hosts: ['backstage.{domain}'],
        rulePriority: backstage.rulePriority,
        port: backstage.port,
        health: {
          path: backstage.healthPath,
          intervalSeconds: 10,
          timeoutSeconds: 5,
          healthyThreshold: 2,
          unhealthyThreshold: 3,
        },
        graceSeconds: 180,
        deregistrationDelaySeconds: 15,
      },
      task: {
        cpu: 2048,
        memoryMb: 4096,
        stopTimeoutSeconds: 60,
        environment: { NODE_ENV: 'production', APP_BASE_URL: 'https://backstage.{domain}', SIGN_IN: 'none' },
        secrets: backstage.secrets,
        database: { ...backstage.pools, dataGb: 20 },
        cache: true,
        internetPorts: [443],
        bootstrapImage: backstage.bootstrapImage,
      },
      scaling: { minimum: 2, maximum: 6, cpuPercent: 60 },
      schemaTool: backstage.schemaTool,
      probe: backstage.probe,
      largeBodies: backstage.largeBodies,
      policies: {
        feature: { canaryPercent: 10, canaryMinutes: 10, bakeSeconds: 3600, minimumJudged: 200, approval: false },
        hotfix: { canaryPercent: 25, canaryMinutes: 2, bakeSeconds: 900, minimumJudged: 50, approval: false },
        rollback: { bakeSeconds: 300 },
      },
      slo: {
        availability: 0.999,
        windowDays: 28,
        latency: { thresholdMs: 1000, target: 0.95 },
        freshness: { thresholdSeconds: 300, target: 0.99 },
      },
      observation: { intervalSeconds: 30, roundsBeforeTraffic: 10, roundsPerLook: 2, utilization: true },
      deadlines: {
        taskSeconds: 600,
        migrationSeconds: 3600,
        readySeconds: 1200,
        approvalSeconds: 14400,
        shiftSeconds: 1800,
        retreatSeconds: 900,
      },
      alarms: { errorPercent: 5, minimumRequests: 50, connectionErrors: 10, p99Ms: 5000, breaching: 2, evaluated: 3 },
      logRetentionDays: 365,
    },
  },
};
