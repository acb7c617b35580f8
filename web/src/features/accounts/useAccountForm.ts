import { useLingui } from '@lingui/react/macro';
import { type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { fieldErrors } from '~/api/form';
import { useSaid } from '~/i18n/said';
import { carried, initial, missing, rebased, same, settingsOf, type Values } from './form';
import type { Account, Provider, Settings } from './queries';

/** What a form needs to begin. */
interface Given {
  provider: Provider;
  /** The account that is changed; a new one otherwise. */
  account?: Account | undefined;
  /** What was typed so far; a new account keeps it when another provider is chosen. */
  typed?: RefObject<Values> | undefined;
}

/** What is typed in an account's form, what is wrong with it, and what would be sent. */
export function useAccountForm({ provider, account, typed }: Given) {
  const { t } = useLingui();
  const said = useSaid();
  const { fields } = provider;
  const settings = account?.settings as Settings | undefined;
  const fresh = useMemo(() => initial(fields, settings), [fields, settings]);
  const [base, setBase] = useState(fresh);
  const [values, setValues] = useState<Values>(() => ({
    ...fresh,
    ...carried(fields, typed?.current ?? {}),
  }));
  const [errors, setErrors] = useState<Record<string, string>>({});
  /** Grows with each save: fields forget that a secret was being replaced. */
  const [round, setRound] = useState(0);
  const element = useRef<HTMLFormElement>(null);
  const lead = useRef(false);

  // An account changes while its form is open: it is held, or somebody else saves. What is being typed stays.
  if (!same(fresh, base)) {
    setBase(fresh);
    setValues((now) => rebased(now, base, fresh));
  }

  useEffect(() => {
    if (!lead.current || Object.keys(errors).length === 0) return;
    lead.current = false;
    const named = [...(element.current?.elements ?? [])] as HTMLInputElement[];
    named.find((one) => one.name in errors)?.focus();
  }, [errors]);

  const mark = (found: Record<string, string>) => {
    lead.current = true;
    setErrors(found);
  };
  return {
    element,
    values,
    errors,
    round,
    dirty: !same(values, base),
    settings: settingsOf(fields, values, settings, account && base),
    set: (key: string, value: string | boolean) => {
      setValues((before) => ({ ...before, [key]: value }));
      if (typed) typed.current = { ...typed.current, [key]: value };
      setErrors(({ [key]: _, ...others }) => others);
    },
    /** Marks what is missing and leads to the first of it; false when there is nothing. */
    lacks: (): boolean => {
      const found = missing(fields, values, settings);
      mark(Object.fromEntries(found.map((field) => [field.key, t`Fill this in: ${said(field.label)}`])));
      return found.length > 0;
    },
    /** Marks what the server found. */
    told: (problem: unknown) => {
      const found = Object.entries(fieldErrors(problem)).flatMap(([path, detail]) =>
        path.startsWith('settings.') ? [[path.slice('settings.'.length), detail] as const] : [],
      );
      mark(Object.fromEntries(found));
    },
    /** It is saved like this now. */
    settle: (saved: Account) => {
      const now = initial(fields, saved.settings as Settings);
      setBase(now);
      setValues(now);
      setErrors({});
      setRound((before) => before + 1);
    },
  };
}
