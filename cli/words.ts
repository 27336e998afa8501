const two = (value: number): string => String(value).padStart(2, '0');

/** `0:05`, `12:40`, `3:07:00`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** `[######----]`, full at 1 and above. */
export function bar(share: number, width: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
}

/** Cut to `width` characters, with an ellipsis where something is missing. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** `2026-11-21 06:04` in UTC. */
export function minute(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

/** Columns of equal width; the last one is cut at the screen's edge. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], columns: number): string[] {
  const widths = head.map((name, index) => Math.max(name.length, ...rows.map((row) => (row[index] ?? '').length)));
  return [head, ...rows].map((row) =>
    cut(
      row
        .map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
        .join('  ')
        .trimEnd(),
      columns,
    ),
  );
}
