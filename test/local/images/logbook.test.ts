import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import { imageOf } from '../../../local/images/image-of.ts';
import { type Image, ImageStore } from '../../../local/images/image-store.ts';
import { isLogbook } from '../../../local/images/logbook.ts';
import { backstage } from '../../../local/images/variants.ts';
import { schemaScenarios } from '../../../local/scenarios/schema-scenarios.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-logbook-'));
});
afterEach(() => rm(folder, { recursive: true }));

const application = backstage({ folder: tmpdir(), digest: `sha256:${'0'.repeat(64)}` });
const placedSchema = z.tuple([z.object({ plugin: z.string(), directory: z.string() })]);

function migrationsOf({ env }: Image): string {
  const [placed] = placedSchema.parse(JSON.parse(env['APP_CONFIG_understudy_schema_migrations'] ?? ''));
  expect(placed.plugin).toBe('logbook');
  return placed.directory;
}

test('every image of the schema scenarios has its own plugin and its own folder of migrations', async () => {
  const store = new ImageStore(folder);
  const digests = new Set<string>();
  for (const { variant, version } of schemaScenarios) {
    expect(isLogbook(variant)).toBe(true);
    const image = await store.build(imageOf(application, variant, version));
    digests.add(image.digest);
    expect(image.command.at(-5)).toMatch(/logbook\/backend\.cjs$/);
    expect(existsSync(image.command.at(-5) ?? '')).toBe(true);
    expect(readFileSync(join(migrationsOf(image), '20260101000000_entries.cjs'), 'utf8')).toContain('exports.down');
  }
  expect(digests.size).toBe(schemaScenarios.length);
});

test('a later version has all migrations of an earlier one', async () => {
  const store = new ImageStore(folder);
  const image = await store.build(imageOf(application, 'logbook-renames-column', '1.0.0'));
  for (const name of ['20260101000000_entries', '20260201000000_mood', '20260301000000_rename_note']) {
    expect(existsSync(join(migrationsOf(image), `${name}.cjs`))).toBe(true);
  }
});
