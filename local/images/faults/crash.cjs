// Ends at start, as a version does that misses a setting.
console.error('Error: Missing required config value at "catalog.readonly" (this version was built to crash)');
process.exit(1);
