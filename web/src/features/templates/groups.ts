interface Named {
  id: string;
  name: string;
  account_id: string;
}

/** Ids of the rows that are another language of the row above: the list is in the order of names. */
export function follows(rows: readonly Named[]): ReadonlySet<string> {
  const ids = new Set<string>();
  rows.forEach((row, index) => {
    const above = rows[index - 1];
    if (above && above.name === row.name && above.account_id === row.account_id) ids.add(row.id);
  });
  return ids;
}
