// This file runs on whatever Node the machine has, however old: no imports, no new syntax.

const needed = 20;

/** @returns {string | null} what is wrong with the running Node, and how to mend it */
export function complaintAboutNode(version) {
  const major = Number(version.split('.')[0]);
  if (major >= needed) return null;
  return (
    `Understudy needs Node ${needed} or newer to set itself up; this is Node ${version}.\n` +
    'Install a current one from https://nodejs.org (or: nvm install 24) and try again.'
  );
}

/** @returns {string | null} what is wrong with the machine's npm, and how to mend it */
export function complaintAboutNpm(version) {
  const major = Number(version.split('.')[0]);
  if (major >= 10) return null;
  return (
    `Understudy needs npm 10 or newer; ${version ? `this is npm ${version}` : 'there is none on the PATH'}.\n` +
    'Node 20 and newer bring one; to update it: npm install --global npm@latest'
  );
}
