import { App } from 'aws-cdk-lib';
import cdk from '../../cdk.json' with { type: 'json' };

/**
 * An app with cdk.json's feature flags, but without validation and, unless asked for, without bundling:
 * `npm run synth` does both, and takes seconds where this takes a fraction of one.
 */
export function fastApp(outdir: string, { bundling } = { bundling: false }): App {
  process.env['CDK_VALIDATION'] = 'false';
  const context = { ...cdk.context, ...(!bundling && { 'aws:cdk:bundling-stacks': [] }) };
  return new App({ outdir, analyticsReporting: false, context });
}
