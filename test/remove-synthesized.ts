import { rmSync } from 'node:fs';

/** Jest's globalTeardown. */
export default function removeSynthesized(): void {
  const folder = process.env['UNDERSTUDY_TEMPLATES'];
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}
