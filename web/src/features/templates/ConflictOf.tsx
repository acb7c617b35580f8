import { useLingui } from '@lingui/react/macro';
import { type Apart, ChangedMeanwhile } from '~/ui/ChangedMeanwhile';
import { useDifferences } from './drift';
import { contentOf, type Form, formOf, mappingOf, type Source, type Template } from './form';

interface Props {
  form: Form;
  theirs: Template;
  by: string | undefined;
  busy: boolean;
  onKeep: () => void;
  onTake: () => void;
}

/** What somebody else changed in a template that is being written here, and the way to decide. */
export function ConflictOf({ form, theirs, by, busy, onKeep, onTake }: Props) {
  const { t } = useLingui();
  const differences = useDifferences();
  const filled = useFilled();
  const other = formOf(theirs);
  const rows: Apart[] = [];
  const add = (key: string, title: string, read: (of: Form) => string) => {
    const [mine, its] = [read(form), read(other)];
    if (mine !== its) rows.push({ key, title, mine, theirs: its });
  };
  add('name', t`Name`, (of) => of.name);
  add('language', t`Language`, (of) => of.language);
  add('category', t`Category`, (of) => of.category ?? '');
  for (const part of differences(contentOf(form), contentOf(other), true))
    rows.push({ key: part.key, title: part.title, mine: part.ours, theirs: part.theirs });
  add('filled', t`What fills the placeholders`, filled);
  add('id', t`Template id at the provider`, (of) =>
    of.addressing === 'id' || of.providerTemplateId !== '' ? of.providerTemplateId : '',
  );
  return (
    <ChangedMeanwhile
      by={by}
      at={theirs.updated_at}
      rows={rows}
      keeping={t`Keep mine makes the template what you wrote here. Take theirs gives up what you wrote.`}
      busy={busy}
      onKeep={onKeep}
      onTake={onTake}
    />
  );
}

/** What fills the placeholders, a line each. */
function useFilled(): (form: Form) => string {
  const { t } = useLingui();
  const words = (source: Source): string => {
    if (source.from === 'text') return `"${source.text}"`;
    const { name, default: standard } = source;
    return standard ? t`${name} of the profile, else "${standard}"` : t`${name} of the profile`;
  };
  const lines = (at: string, value: unknown): string[] => {
    if (typeof value !== 'object' || value === null) return [];
    if ('from' in value) return [`${at}: ${words(value as Source)}`];
    return Object.entries(value).flatMap(([key, inner]) => {
      // Lists count from 0, people from 1.
      const name = Array.isArray(value) ? String(Number(key) + 1) : key;
      return lines(at === '' ? name : `${at} ${name}`, inner);
    });
  };
  return (form) => lines('', mappingOf(form)).join('\n');
}
