// Makes a clone ready to work, and does nothing when it is: `node scripts/setup.mjs [--backstage]`.
// Runs on whatever Node the machine has: what needs a newer one is loaded after the check.
import { complaintAboutNode } from './setup/versions.mjs';

function giveUp(message) {
  console.error(`\n${message}`);
  process.exit(1);
}

const complaint = complaintAboutNode(process.versions.node);
if (complaint) giveUp(complaint);

const unknown = process.argv.slice(2).filter((argument) => argument !== '--backstage');
if (unknown.length > 0) giveUp(`Unknown: ${unknown.join(' ')}. setup.mjs knows --backstage only.`);

import('./setup/all.mjs')
  .then(({ setUp }) => setUp({ backstage: process.argv.includes('--backstage') }))
  .catch((error) => giveUp(error.message));
