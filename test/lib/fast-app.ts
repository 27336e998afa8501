import { App } from 'aws-cdk-lib';
import cdk from '../../cdk.json' with { type: 'json' };

/**
 * An app with cdk.json's feature flags, but without bundling and without validation: `npm run synth`
 * does both, and takes seconds where this takes a fraction of one.
 */
export function fastApp(outdir: string): App {
  process.env['CDK_VALIDATION'] = 'false';
  return new App({ outdir, analyticsReporting: false, context: { ...cdk.context, 'aws:cdk:bundling-stacks': [] } });
}
