import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiProblem } from '~/api/client';
import { queryClient } from '~/api/query';
import { type Campaign, type CampaignInput, inputOf, save, type Template } from '../queries';
import { unfinished } from './held';

export type Saving = 'saved' | 'waiting' | 'saving' | 'held' | 'refused';

const templateOf = (input: CampaignInput) =>
  queryClient.getQueryData<Template>(['template', input.template_id]);

/** What is not finished in a draft, as far as its template is known. */
const heldOf = (input: CampaignInput) => unfinished(input, templateOf(input));

/** What is sent: a mapping that is the template's own is left to it, so that it may be unfinished like it. */
function sendable(input: CampaignInput): CampaignInput {
  const own = templateOf(input)?.mapping;
  return own && JSON.stringify(own) === JSON.stringify(input.mapping) ? { ...input, mapping: null } : input;
}

export interface Draft {
  campaign: Campaign;
  input: CampaignInput;
  change: (patch: Partial<CampaignInput>) => void;
  saving: Saving;
  /** Pointers to what must be finished before it is worth a try to save. */
  held: string[];
  /** Why the last try to save was refused. */
  problem: unknown;
  /** What the server says about a field, by its pointer. */
  errorAt: (pointer: string) => string | undefined;
  /** Saves what is not saved yet; false when that was refused. */
  flush: () => Promise<boolean>;
}

const PAUSE = 600;
const keyOf = (id: string) => `harkara.draft.${id}`;

/** What could not be saved before the page was left, if the draft is still the one that it was made from. */
function kept(campaign: Campaign): CampaignInput | undefined {
  try {
    const text = sessionStorage.getItem(keyOf(campaign.id));
    if (!text) return undefined;
    const { since, input } = JSON.parse(text) as { since: number; input: CampaignInput };
    return since === campaign.updated_at ? input : undefined;
  } catch {
    return undefined;
  }
}

function keep(id: string, what: { since: number; input: CampaignInput } | undefined): void {
  try {
    if (what) sessionStorage.setItem(keyOf(id), JSON.stringify(what));
    else sessionStorage.removeItem(keyOf(id));
  } catch {
    // Storage may be forbidden: the page still has it.
  }
}

/** A draft that saves itself a moment after each change. What the server refuses stays here, and says why. */
export function useDraft(campaign: Campaign): Draft {
  const [input, setInput] = useState(() => kept(campaign) ?? inputOf(campaign));
  const [saving, setSaving] = useState<Saving>('saved');
  const [problem, setProblem] = useState<unknown>();
  const latest = useRef(input);
  const stored = useRef(inputOf(campaign));
  const version = useRef(campaign.updated_at);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const running = useRef<Promise<boolean>>(undefined);
  const { id } = campaign;

  const isDirty = useCallback(() => JSON.stringify(latest.current) !== JSON.stringify(stored.current), []);

  const store = useCallback(async (): Promise<boolean> => {
    const sent = latest.current;
    setSaving('saving');
    try {
      const answer = await save(id, sendable(sent));
      version.current = answer.updated_at;
      stored.current = sent;
      queryClient.setQueryData(['campaign', id], answer);
      setProblem(undefined);
      keep(id, undefined);
      return true;
    } catch (error) {
      setProblem(error);
      setSaving('refused');
      keep(id, { since: version.current, input: sent });
      return false;
    }
  }, [id]);

  const flush = useCallback(async (): Promise<boolean> => {
    clearTimeout(timer.current);
    await running.current;
    let fine = true;
    if (isDirty() && heldOf(latest.current).length > 0) {
      keep(id, { since: version.current, input: latest.current });
      setProblem(undefined);
      setSaving('held');
      return false;
    }
    while (fine && isDirty()) {
      running.current = store();
      fine = await running.current;
    }
    if (fine) setSaving('saved');
    return fine;
  }, [id, isDirty, store]);

  const change = useCallback(
    (patch: Partial<CampaignInput>) => {
      latest.current = { ...latest.current, ...patch };
      setInput(latest.current);
      setSaving('waiting');
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void flush(), PAUSE);
    },
    [flush],
  );

  // What was not saved before a reload is tried again; what is left is saved.
  useEffect(() => {
    if (isDirty()) void flush();
    return () => {
      if (isDirty()) void flush();
    };
  }, [flush, isDirty]);

  // Somebody else changed the draft: theirs is shown, unless something here is not saved.
  useEffect(() => {
    if (campaign.updated_at === version.current || isDirty()) return;
    version.current = campaign.updated_at;
    stored.current = inputOf(campaign);
    latest.current = stored.current;
    setInput(latest.current);
  }, [campaign, isDirty]);

  const errorAt = useCallback(
    (pointer: string) =>
      problem instanceof ApiProblem ? problem.errors.find((e) => e.pointer === pointer)?.detail : undefined,
    [problem],
  );
  const held = saving === 'held' ? heldOf(input) : [];
  return { campaign, input, change, saving, held, problem, errorAt, flush };
}
