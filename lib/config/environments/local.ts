import type { EnvironmentInput } from '../environment-schema.ts';
import { backstage } from '../services/backstage.ts';

/** What the laptop's stage deploys: the templates of AWS, with short waits and one task. */
export const local: EnvironmentInput = {
  name: 'local',
  region: 'us-east-1',
  network: {
    cidr: '10.0.0.0/16',
    availabilityZones: ['us-east-1a', 'us-east-1b'],
    nat: 'none',
    interfaceEndpoints: false,
    peers: [],
    existing: null,
  },
  database: {
    instance: 't4g.small',
    storageGb: 20,
    multiAz: false,
    backupDays: 0,
    maxConnections: 190,
    insights: 'standard',
    tls: false,
  },
  certificateArn: null,
  firewall: null,
  access: null,
  releases: { freezeCalendar: 'lib/config/calendars/local.ics' },
  protectData: false,
  services: {
    backstage: {
      frozen: {
        hosts: ['localhost', '127.0.0.1'],
        rulePriority: backstage.rulePriority,
        port: backstage.port,
        health: {
          path: backstage.healthPath,
          intervalSeconds: 5,
          timeoutSeconds: 4,
          healthyThreshold: 2,
          unhealthyThreshold: 2,
        },
        graceSeconds: 120,
        deregistrationDelaySeconds: 5,
      },
      task: {
        cpu: 1024,
        memoryMb: 2048,
        stopTimeoutSeconds: 15,
        environment: {
          NODE_ENV: 'production',
          APP_BASE_URL: 'http://localhost',
          SIGN_IN: 'guest',
          SHUTDOWN_DELAY: '5s',
        },
        secrets: backstage.secrets,
        database: { ...backstage.pools, dataGb: 1 },
        internetPorts: [],
        bootstrapImage: backstage.bootstrapImage,
      },
      scaling: { minimum: 1, maximum: 2, cpuPercent: 60 },
      schemaTool: backstage.schemaTool,
      probe: backstage.probe,
      largeBodies: backstage.largeBodies,
      policies: {
        feature: { canaryPercent: 10, canaryMinutes: 2, bakeSeconds: 120, minimumJudged: 20, approval: false },
        hotfix: { canaryPercent: 20, canaryMinutes: 1, bakeSeconds: 60, minimumJudged: 10, approval: false },
        rollback: { bakeSeconds: 30 },
      },
      slo: { availability: 0.9, windowDays: 1, latency: { thresholdMs: 2000, target: 0.9 } },
      observation: { intervalSeconds: 15, roundsBeforeTraffic: 3, roundsPerLook: 1 },
      deadlines: {
        taskSeconds: 420,
        migrationSeconds: 600,
        readySeconds: 420,
        approvalSeconds: 600,
        shiftSeconds: 600,
        retreatSeconds: 600,
      },
      alarms: { serverErrors: 5, connectionErrors: 5, p95Ms: 2000, breaching: 2, evaluated: 3 },
      logRetentionDays: 7,
    },
  },
};
