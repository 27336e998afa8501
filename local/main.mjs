// `npm run local -- …`: sets up what is missing, then plays the tour on the Node that the lockfile pins.
// Runs on whatever Node the machine has: what needs a newer one is loaded after the check.
import { complaintAboutNode } from '../scripts/setup/versions.mjs';

const complaint = complaintAboutNode(process.versions.node);
if (complaint) {
  console.error(complaint);
  process.exit(1);
}

import('./start.mjs')
  .then(({ start }) => start(process.argv.slice(2)))
  .catch((error) => {
    console.error(`\n${error.message}`);
    process.exit(1);
  });
