import { useLingui } from '@lingui/react/macro';
import { type Apart, ChangedMeanwhile } from '~/ui/ChangedMeanwhile';
import { type Part, useDifferences } from './drift';
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
  const rows: Apart[] = useApart()(form, formOf(theirs)).map(({ ours, ...part }) => ({
    ...part,
    mine: ours,
  }));
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

/** What two forms of a template do not have in common, part by part. */
export function useApart(): (ours: Form, theirs: Form) => Part[] {
  const { t } = useLingui();
  const differences = useDifferences();
  const filled = useFilled();
  return (ours, theirs) => {
    const parts: Part[] = [];
    const add = (key: string, title: string, read: (of: Form) => string) => {
      const [mine, its] = [read(ours), read(theirs)];
      if (mine !== its) parts.push({ key, title, ours: mine, theirs: its });
    };
    add('name', t`Name`, (of) => of.name);
    add('language', t`Language`, (of) => of.language);
    add('category', t`Category`, (of) => of.category ?? '');
    parts.push(...differences(contentOf(ours), contentOf(theirs), true));
    add('filled', t`What fills the placeholders`, filled);
    add('id', t`Template id at the provider`, (of) =>
      of.addressing === 'id' || of.providerTemplateId !== '' ? of.providerTemplateId : '',
    );
    return parts;
  };
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
