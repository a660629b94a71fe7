// Menus show summaries alone: two operations with the same one can't be told apart.

export default function uniqueSummaries(paths) {
  const seen = new Map();
  const results = [];
  for (const [path, item] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const summary = operation?.summary?.trim().toLowerCase();
      const place = `${method.toUpperCase()} ${path}`;
      if (summary && seen.has(summary)) {
        const message = `The summary is that of ${seen.get(summary)} too.`;
        results.push({ message, path: ['paths', path, method, 'summary'] });
      }
      seen.set(summary, place);
    }
  }
  return results;
}
