import type { EnvironmentInput } from '../environment-schema.ts';
import { backstage } from '../services/backstage.ts';

export const dev: EnvironmentInput = {
  name: 'dev',
  region: 'eu-central-1',
  network: {
    cidr: '10.1.0.0/16',
    availabilityZones: ['eu-central-1a', 'eu-central-1b'],
    nat: 'one',
    interfaceEndpoints: false,
  },
  database: {
    instance: 't4g.small',
    storageGb: 20,
    multiAz: false,
    backupDays: 1,
    maxConnections: 190,
    insights: 'standard',
    tls: true,
  },
  certificateArn: null,
  firewall: { requestsPerAddress: 10_000 },
  // Put your own repository here, and its numbers: gh api repos/OWNER/NAME --jq '{owner: .owner.id, repository: .id}'
  access: {
    repository: 'example-org/understudy',
    immutableIds: { owner: 123456, repository: 456789 },
    provider: 'create',
    refs: ['refs/heads/main', 'refs/tags/v*'],
    onCall: [],
    approvers: [],
    reviewQualifier: 'review',
  },
  releases: { freezeCalendar: null },
  protectData: false,
  services: {
    backstage: {
      frozen: {
        hosts: ['backstage.dev.example.com'],
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
        cpu: 1024,
        memoryMb: 2048,
        stopTimeoutSeconds: 45,
        environment: { NODE_ENV: 'production', APP_BASE_URL: 'http://backstage.dev.example.com', SIGN_IN: 'guest' },
        secrets: backstage.secrets,
        database: { ...backstage.pools, dataGb: 5 },
        internet: true,
        bootstrapImage: backstage.bootstrapImage,
      },
      scaling: { minimum: 1, maximum: 2, cpuPercent: 60 },
      schemaTool: backstage.schemaTool,
      probe: backstage.probe,
      largeBodies: backstage.largeBodies,
      policies: {
        feature: { canaryPercent: 10, canaryMinutes: 5, bakeSeconds: 600 },
        hotfix: { canaryPercent: 25, canaryMinutes: 1, bakeSeconds: 300 },
        rollback: { bakeSeconds: 120 },
      },
      slo: { availability: 0.99, windowDays: 28, latency: { thresholdMs: 1000, target: 0.95 } },
      observation: { intervalSeconds: 30, roundsBeforeTraffic: 5, roundsPerLook: 2 },
      deadlines: {
        taskSeconds: 600,
        migrationSeconds: 1800,
        readySeconds: 900,
        shiftSeconds: 1200,
        retreatSeconds: 900,
      },
      alarms: { serverErrors: 5, connectionErrors: 5, p95Ms: 2000, breaching: 2, evaluated: 3 },
      logRetentionDays: 30,
    },
  },
};
